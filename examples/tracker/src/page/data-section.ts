import type { InvoiceSum } from "../api/invoices.js";
import type { Project } from "../api/projects.js";
import { html, type Html } from "./html.js";
import type { Overview } from "./overview.js";

/** The tenant's data; complete without JavaScript. */
export function dataSection(overview: Overview): Html {
  return html`<div class="data">
    ${projectsCard(overview)} ${documentsCard(overview)} ${invoicesCard(overview)}
  </div>`;
}

function projectsCard({ projects: { projects, next }, counts }: Overview): Html {
  const more =
    next === null
      ? html`<a href="/">First page</a>`
      : html`<a href="/?cursor=${next}">Next page</a>`;
  return html`<section class="card" aria-labelledby="projects">
    <header>
      <h2 id="projects">Projects</h2>
      <span class="count">${counts.projects}</span>
    </header>
    <div class="scroll" tabindex="0" role="region" aria-labelledby="projects">
      <table>
        <thead>
          <tr>
            <th scope="col" class="number">Id</th>
            <th scope="col">Project</th>
            <th scope="col">Status</th>
          </tr>
        </thead>
        <tbody>
          ${projects.map(projectRow)}
        </tbody>
      </table>
    </div>
    <p class="more">${more}</p>
  </section>`;
}

function projectRow({ id, name, description, status }: Project): Html {
  return html`<tr>
    <td class="number">${id}</td>
    <td>${name}<small>${description}</small></td>
    <td><span class="status ${status}">${status}</span></td>
  </tr>`;
}

function documentsCard({ documents, search, counts }: Overview): Html {
  const none = html`<p class="empty">No document has this in its title or text.</p>`;
  return html`<section class="card" aria-labelledby="documents">
    <header>
      <h2 id="documents">Documents</h2>
      <span class="count">${counts.documents}</span>
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
    ${documents.length === 0 ? none : null}
    <ol class="documents">
      ${documents.map(
        ({ id, title, body }) =>
          html`<li>
            <strong>${title}</strong><span class="id">${id}</span>
            <p>${body}</p>
          </li>`,
      )}
    </ol>
  </section>`;
}

function invoicesCard({ summary, counts }: Overview): Html {
  const currencies = [...new Set(summary.map(({ currency }) => currency))];
  return html`<section class="card" aria-labelledby="invoices">
    <header>
      <h2 id="invoices">Invoices</h2>
      <span class="count">${counts.invoices}</span>
    </header>
    <div class="scroll" tabindex="0" role="region" aria-labelledby="invoices">
      <table>
        <thead>
          <tr>
            <th scope="col">Currency</th>
            ${statuses.map((status) => html`<th scope="col" class="number">${status}</th>`)}
          </tr>
        </thead>
        <tbody>
          ${currencies.map((currency) => currencyRow(summary.filter((sum) => sum.currency === currency)))}
        </tbody>
      </table>
    </div>
  </section>`;
}

const statuses = ["draft", "sent", "paid"] as const;

function currencyRow(sums: readonly InvoiceSum[]): Html {
  const { currency, currencyName } = sums[0]!;
  const cells = statuses.map((status) => sums.find((sum) => sum.status === status));
  return html`<tr>
    <th scope="row"><abbr title="${currencyName}">${currency}</abbr></th>
    ${cells.map((sum) => html`<td class="number">${sum === undefined ? "–" : amount(sum.total)}</td>`)}
  </tr>`;
}

/** `1234567.50` as `1,234,567.50`. */
function amount(total: string): string {
  return total.replace(/\B(?=(?:[0-9]{3})+(?![0-9]))(?<!\.[0-9]*)/g, ",");
}
