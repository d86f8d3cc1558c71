import { columnNames } from "../catalog/names.js";
import type { Relation } from "../catalog/relation.js";

/** Whether the parent's columns that are joined settle one row of it: a key of it, or what a reference names. */
export function leadsToOneParent(
  child: Relation,
  parent: Relation,
  joined: readonly string[],
): boolean {
  const covered = (numbers: readonly number[]) =>
    numbers.length > 0 && columnNames(parent, numbers).every((name) => joined.includes(name));
  const isKey = parent.indexes.some(
    ({ unique, predicate, columns }) => unique && predicate === null && covered(columns),
  );
  return (
    isKey ||
    child.constraints.some(
      ({ references }) => references?.relation === parent.oid && covered(references.columns),
    )
  );
}

/** Whether a reference carries the tenant with it, so that a row and its parent have the same one. */
export function refersWithTenant(child: Relation, tenant: number, parent: Relation): boolean {
  return child.constraints.some(
    ({ references, columns }) =>
      references?.relation === parent.oid && columns.length > 1 && columns.includes(tenant),
  );
}
