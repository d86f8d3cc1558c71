import type { InvoiceSum } from "../api/invoices.js";
import type { Overview } from "../api/overview.js";
import type { Project } from "../api/projects.js";
import { call } from "./calls.js";
import { button, element, onSubmit, part } from "./dom.js";
import { openTenantPage } from "./tenant-page.js";
import { authorizedFetch } from "./token.js";

onSubmit("new-project", async (fields) => {
  await call(authorizedFetch, "POST", "/api/projects", { name: fields.get("name") });
  part<HTMLFormElement>("new-project").reset();
  await showOverview();
});

async function showOverview(): Promise<void> {
  const path = `/api/overview${location.search}`;
  const { counts, projects, documents, summary } = await call<Overview>(
    authorizedFetch,
    "GET",
    path,
  );
  part("project-count").textContent = String(counts.projects);
  part("document-count").textContent = String(counts.documents);
  part("invoice-count").textContent = String(counts.invoices);
  part("projects").replaceChildren(...projects.projects.map(projectRow));
  showMore(projects.next);
  part("documents").replaceChildren(
    ...documents.map(({ id, title, body }) =>
      element(
        "li",
        {},
        element("strong", { textContent: title }),
        element("span", { className: "id", textContent: String(id) }),
        element("p", { textContent: body }),
      ),
    ),
  );
  part("no-document").hidden = documents.length > 0;
  const currencies = [...new Set(summary.map(({ currency }) => currency))];
  part("invoices").replaceChildren(
    ...currencies.map((currency) =>
      currencyRow(summary.filter((sum) => sum.currency === currency)),
    ),
  );
}

function showMore(next: string | null): void {
  const link = part<HTMLAnchorElement>("more");
  link.href = next === null ? "/" : `/?cursor=${next}`;
  link.textContent = next === null ? "First page" : "Next page";
}

function projectRow({ id, name, description, status }: Project): HTMLElement {
  const remove = button("Delete", `Delete project ${id}`, async () => {
    await call(authorizedFetch, "DELETE", `/api/projects/${id}`);
    await showOverview();
  });
  return element(
    "tr",
    {},
    element("td", { className: "number", textContent: String(id) }),
    element("td", {}, name, element("small", { textContent: description })),
    element("td", {}, element("span", { className: `status ${status}`, textContent: status })),
    element("td", { className: "act" }, remove),
  );
}

const statuses = ["draft", "sent", "paid"] as const;

function currencyRow(sums: readonly InvoiceSum[]): HTMLElement {
  const { currency, currencyName } = sums[0]!;
  const cells = statuses.map((status) => sums.find((sum) => sum.status === status));
  return element(
    "tr",
    {},
    element(
      "th",
      { scope: "row" },
      element("abbr", { title: currencyName, textContent: currency }),
    ),
    ...cells.map((sum) =>
      element("td", {
        className: "number",
        textContent: sum === undefined ? "–" : amount(sum.total),
      }),
    ),
  );
}

/** `1234567.50` as `1,234,567.50`. */
function amount(total: string): string {
  return total.replace(/\B(?=(?:[0-9]{3})+(?![0-9]))(?<!\.[0-9]*)/g, ",");
}

await openTenantPage(showOverview);
