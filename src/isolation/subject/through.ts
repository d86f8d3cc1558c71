import type { Catalog, Oid } from "../catalog/catalog.js";
import { columnNames, nameOf } from "../catalog/names.js";
import { columnCannotBeNull } from "../catalog/nullable.js";
import type { Constraint, Relation } from "../catalog/relation.js";
import type { Assume } from "./read-subject.js";
import type { ClassifiedTable } from "./subject.js";

/**
 * A table that nobody classified, and whose every row must refer to a tenant's row, is that tenant's. One
 * foreign key that may be NULL says too little: a user's last project does not make the user a tenant's.
 */
export function classifyThrough(
  catalog: Catalog,
  tables: ReadonlyMap<Oid, ClassifiedTable>,
  assume: Assume,
): Map<Oid, ClassifiedTable> {
  const all = new Map(tables);
  const isOpen = (table: ClassifiedTable) => table.class === "unclassified" && !table.asked;
  const found: string[] = [];
  for (let before = -1; found.length !== before;) {
    before = found.length;
    for (const table of all.values()) {
      if (!isOpen(table)) continue;
      const { relation } = table;
      const key = keysToTenants(all, relation).find((each) => isRequired(relation, each));
      if (key === undefined) continue;
      all.set(relation.oid, { ...table, class: "tenant", why: leads(catalog, relation, key) });
      found.push(nameOf(relation));
    }
  }
  if (found.length > 0) assume(sentence(found));
  for (const table of all.values()) {
    const [key] = isOpen(table) ? keysToTenants(all, table.relation) : [];
    if (key === undefined) continue;
    const why = `no manifest names it; ${leads(catalog, table.relation, key)}, a tenant's, but may be NULL: tenantry adopt finds whose its rows are`;
    all.set(table.relation.oid, { ...table, why });
  }
  return all;
}

const shown = 10;

function sentence(names: readonly string[]): string {
  const more = names.length > shown ? ` and ${names.length - shown} more` : "";
  return `Without a tenant column, but a tenant's by a foreign key that may not be NULL: ${names.slice(0, shown).join(", ")}${more} (--manifest).`;
}

function keysToTenants(tables: ReadonlyMap<Oid, ClassifiedTable>, relation: Relation) {
  return relation.constraints.filter(
    ({ references }) =>
      references !== null &&
      references.relation !== relation.oid &&
      tables.get(references.relation)?.class === "tenant",
  );
}

function isRequired(relation: Relation, { columns }: Constraint): boolean {
  return relation.columns
    .filter(({ number }) => columns.includes(number))
    .every((column) => columnCannotBeNull(relation, column));
}

function leads(catalog: Catalog, relation: Relation, { columns, references }: Constraint): string {
  const parent = catalog.relations.get(references!.relation)!;
  return `its foreign key (${columnNames(relation, columns).join(", ")}) leads to ${nameOf(parent)}`;
}
