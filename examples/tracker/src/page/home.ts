import { dataSection } from "./data-section.js";
import { html, type Html } from "./html.js";
import { needsScript, type Link } from "./layout.js";

export interface HomeContents {
  readonly tenant: string;
  readonly search: string;
  /** Null outside of the demo. */
  readonly panel: Html | null;
}

/** What home.ts of the browser fills in, once it has a token. */
export function homeMain({ tenant, search, panel }: HomeContents): Html {
  return html`${needsScript} ${signedOut(tenant)}
    <div data-part="signed-in" hidden>${dataSection(search)} ${panel}</div>`;
}

export function signedOut(tenant: string): Html {
  return html`<section class="card narrow" data-part="signed-out" hidden>
    <h2>You are not signed in here</h2>
    <p>Sign in to see what is ${tenant}'s.</p>
    <p><a class="button primary" href="/auth/login">Sign in</a></p>
  </section>`;
}

/** Where the callback leads whoever is no member. */
export function deniedMain(tenant: string, account: Link): Html {
  return html`<section class="card narrow">
    <h2>Your account does not belong here</h2>
    <p>It is no active member of ${tenant}. Someone who manages the members can invite it.</p>
    <p><a href="${account.href}">Your account, and where it belongs</a></p>
  </section>`;
}
