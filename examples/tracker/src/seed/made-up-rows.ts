import { markOf, projectIds, type DemoTenant } from "./tenants.js";

export interface MadeUpRows {
  readonly projects: readonly object[];
  readonly documents: readonly object[];
  readonly invoices: readonly object[];
}

const subjects = [
  "Harbour",
  "Orchard",
  "Lantern",
  "Quarry",
  "Meadow",
  "Beacon",
  "Glacier",
  "Foundry",
  "Juniper",
  "Compass",
  "Aqueduct",
  "Tundra",
  "Kestrel",
  "Saffron",
  "Basalt",
  "Viaduct",
];
const efforts = [
  "migration",
  "launch",
  "renewal",
  "audit",
  "redesign",
  "pilot",
  "rollout",
  "review",
  "consolidation",
  "training",
  "relocation",
];
const papers = [
  "Kick-off notes",
  "Price list",
  "Risk register",
  "Contract draft",
  "Test report",
  "Meeting minutes",
  "Salary bands",
  "Supplier shortlist",
  "Board paper",
  "Retrospective",
  "Budget",
  "Hiring plan",
  "Roadmap",
];
const statuses = ["planned", "active", "active", "done"];
const currencies = ["EUR", "EUR", "USD", "GBP", "CHF"];
const invoiceStatuses = ["paid", "paid", "paid", "sent", "draft"];

const day = 86_400_000;
const firstDay = Date.UTC(2025, 0, 6);

/** The same rows at every call; other ones for each tenant. */
export function makeUpRows(tenant: DemoTenant): MadeUpRows {
  const pick = picker(tenant.slug);
  const mark = markOf(tenant);
  const ids = projectIds(tenant);
  const projects = ids.map((id) => ({
    id,
    name: `${pick(subjects)} ${pick(efforts)}`,
    description: `${mark}: stage ${1 + (id % 4)} of 4, budget ${pick(amounts)} thousand.`,
    status: pick(statuses),
    created_at: at(id * 2),
  }));
  const documents = Array.from({ length: tenant.documents }, (_, index) => ({
    id: index + 1,
    project_id: pick(ids),
    title: `${pick(papers)} ${1 + (index % 12)}`,
    body: `${mark}. ${pick(subjects)} needs ${pick(amounts)} hours; ask the ${pick(efforts)} team.`,
    created_at: at(index),
  }));
  const invoices = Array.from({ length: tenant.invoices }, (_, index) => ({
    id: index + 1,
    project_id: pick(ids),
    currency: pick(currencies),
    amount: (pick(amounts) * 97.5 + index).toFixed(2),
    status: pick(invoiceStatuses),
    issued_on: at(index).slice(0, 10),
  }));
  return { projects, documents, invoices };
}

const amounts = Array.from({ length: 90 }, (_, index) => 10 + index);

function at(days: number): string {
  return new Date(firstDay + days * day).toISOString();
}

/** Picks one of a list, in an order that depends on `seed` alone (mulberry32). */
function picker(seed: string): <T>(list: readonly T[]) => T {
  let state = [...seed].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) | 0, 7);
  return (list) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    const fraction = ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
    return list[Math.floor(fraction * list.length)]!;
  };
}
