import type { Catalog, Oid } from "../catalog/catalog.js";
import { columnNamed, nameOf } from "../catalog/names.js";
import type { Relation } from "../catalog/relation.js";
import type { Assume } from "./read-subject.js";

/** The table that the tenant columns refer to, where it is one and the same for all that refer. */
export function concludeRoot(
  catalog: Catalog,
  columns: readonly string[],
  assume: Assume,
): Relation | undefined {
  const found = new Set<Oid>();
  for (const relation of catalog.relations.values()) {
    if (relation.schema === "tenantry") continue;
    for (const name of columns) for (const oid of targetsOf(relation, name)) found.add(oid);
  }
  const [oid, ...others] = found;
  const root = oid === undefined || others.length > 0 ? undefined : catalog.relations.get(oid);
  // Tenantry's registry stands for itself, and the application reaches it by its functions alone.
  if (root === undefined || root.schema === "tenantry") return undefined;
  assume(`The tenants are the rows of ${nameOf(root)}, which ${columns[0]} refers to (--root).`);
  return root;
}

/** Where foreign keys of that column alone lead. */
function targetsOf(relation: Relation, name: string): readonly Oid[] {
  const number = columnNamed(relation, name)?.number;
  return relation.constraints.flatMap(({ references, columns }) =>
    references !== null && columns.length === 1 && columns[0] === number
      ? [references.relation]
      : [],
  );
}
