import { html, Html, type HtmlValue } from "./html.js";

export interface LayoutContents {
  readonly title: string;
  readonly heading: string;
  readonly host: string;
  /** Colours the page. */
  readonly bodyClass: string;
  readonly nav: readonly Link[];
  readonly main: HtmlValue;
  /** Compiled scripts in /assets, by name. */
  readonly scripts: readonly string[];
  /** Of the Content-Security-Policy: what has it runs, and nothing else. */
  readonly nonce: string;
}

export interface Link {
  readonly href: string;
  readonly text: string;
}

/** The frame of every page. */
export function layout(contents: LayoutContents): string {
  const { title, heading, host, bodyClass, nav, main, scripts, nonce } = contents;
  return html`${doctype}
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${title} · Tracker</title>
        <link rel="icon" href="data:," />
        <link rel="stylesheet" href="/assets/page.css" nonce="${nonce}" />
      </head>
      <body class="${bodyClass}">
        <a class="skip" href="#main">Skip to the content</a>
        <header class="top">
          <div class="inside">
            <p class="brand">Tracker</p>
            <h1>${heading}</h1>
            <p class="host">${host}</p>
            <nav aria-label="Pages">${nav.map(link)}</nav>
            <p class="who" data-part="who" hidden></p>
          </div>
        </header>
        <main id="main" class="inside">
          <p class="notice" role="alert" data-part="problem" hidden></p>
          ${main}
        </main>
        <footer class="inside">
          <p>
            An example of Tenantry. All customers share these tables; each request reads and writes
            its own tenant's rows.
          </p>
        </footer>
        ${scripts.map((name) => html`<script type="module" nonce="${nonce}" src="/assets/${name}.js"></script>`)}
      </body>
    </html> `.text;
}

function link({ href, text }: Link): Html {
  return html`<a href="${href}">${text}</a>`;
}

export const needsScript = html`<noscript
  ><p class="notice">This page needs JavaScript: it keeps the access token in memory.</p></noscript
>`;

const doctype = new Html("<!doctype html>");
