import { html } from "../page/html.js";

/** The tenant picker, and the devices that are signed in. Filled in by account.ts of the browser. */
export const accountMain = html`<div class="data one" data-part="signed-in" hidden>
  <section class="card" aria-labelledby="tenants">
    <header>
      <h2 id="tenants">Go to</h2>
      <span class="count" data-part="tenant-count"></span>
    </header>
    <p class="empty" data-part="no-tenant" hidden>
      Your account belongs to no customer yet: someone has to invite its address.
    </p>
    <ul class="plain" data-part="tenants"></ul>
  </section>
  <section class="card" aria-labelledby="devices">
    <header>
      <h2 id="devices">Signed in on</h2>
      <span class="count" data-part="device-count"></span>
    </header>
    <ul class="plain" data-part="devices"></ul>
    <p class="more">
      <button type="button" data-part="end-others">Sign out the others</button>
      <button type="button" data-part="sign-out">Sign out here</button>
    </p>
  </section>
</div>`;
