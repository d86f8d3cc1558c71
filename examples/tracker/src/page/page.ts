import { dataSection } from "./data-section.js";
import { html, Html } from "./html.js";
import type { Overview } from "./overview.js";

export interface PageContents {
  readonly tenant: { readonly name: string; readonly slug: string };
  readonly host: string;
  readonly overview: Overview;
  /** Null outside of the demo. */
  readonly panel: Html | null;
  /** Of the Content-Security-Policy: what has it runs, and nothing else. */
  readonly nonce: string;
}

export function page({ tenant, host, overview, panel, nonce }: PageContents): string {
  return html`${doctype}
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${tenant.name} · Tracker</title>
        <link rel="icon" href="data:," />
        <link rel="stylesheet" href="/assets/page.css" nonce="${nonce}" />
      </head>
      <body class="tenant-${tenant.slug}">
        <a class="skip" href="#main">Skip to the content</a>
        <header class="top">
          <div class="inside">
            <p class="brand">Tracker</p>
            <h1>${tenant.name}</h1>
            <p class="host">${host}</p>
          </div>
        </header>
        <main id="main" class="inside">${dataSection(overview)} ${panel}</main>
        <footer class="inside">
          <p>
            An example of Tenantry. All customers share these tables; each request reads and writes
            its own tenant's rows.
          </p>
        </footer>
        ${panel === null ? null : html`<script type="module" nonce="${nonce}" src="/assets/break-in.js"></script>`}
      </body>
    </html> `.text;
}

const doctype = new Html("<!doctype html>");
