import { html, type Html } from "./html.js";

/** The places for the tenant's data; the browser fills them in. */
export function dataSection(search: string): Html {
  return html`<div class="data">${projectsCard} ${documentsCard(search)} ${invoicesCard}</div>`;
}

const projectsCard = html`<section class="card" aria-labelledby="projects">
  <header>
    <h2 id="projects">Projects</h2>
    <span class="count" data-part="project-count"></span>
  </header>
  <div class="scroll" tabindex="0" role="region" aria-labelledby="projects">
    <table>
      <thead>
        <tr>
          <th scope="col" class="number">Id</th>
          <th scope="col">Project</th>
          <th scope="col">Status</th>
          <th scope="col"><span class="unseen">Delete</span></th>
        </tr>
      </thead>
      <tbody data-part="projects"></tbody>
    </table>
  </div>
  <p class="more"><a href="/" data-part="more">First page</a></p>
  <form class="search" data-part="new-project">
    <label for="name">New project</label>
    <input id="name" name="name" required maxlength="120" autocomplete="off" />
    <button type="submit" disabled>Add</button>
  </form>
</section>`;

function documentsCard(search: string): Html {
  return html`<section class="card" aria-labelledby="documents">
    <header>
      <h2 id="documents">Documents</h2>
      <span class="count" data-part="document-count"></span>
    </header>
    <form action="/" method="get" role="search" class="search">
      <label for="search">Search</label>
      <input
        id="search"
        name="search"
        type="search"
        value="${search}"
        maxlength="200"
        placeholder="budget"
      />
      <button type="submit">Find</button>
    </form>
    <p class="empty" data-part="no-document" hidden>No document has this in its title or text.</p>
    <ol class="documents" data-part="documents"></ol>
  </section>`;
}

const invoicesCard = html`<section class="card" aria-labelledby="invoices">
  <header>
    <h2 id="invoices">Invoices</h2>
    <span class="count" data-part="invoice-count"></span>
  </header>
  <div class="scroll" tabindex="0" role="region" aria-labelledby="invoices">
    <table>
      <thead>
        <tr>
          <th scope="col">Currency</th>
          <th scope="col" class="number">draft</th>
          <th scope="col" class="number">sent</th>
          <th scope="col" class="number">paid</th>
        </tr>
      </thead>
      <tbody data-part="invoices"></tbody>
    </table>
  </div>
</section>`;
