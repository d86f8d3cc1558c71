import type { Oid } from "../catalog/catalog.js";
import { nameOf } from "../catalog/names.js";
import { mayUse } from "../catalog/powers.js";
import type { ClassifiedTable, Subject } from "../subject/subject.js";
import { fits, type ProveOptions } from "./options.js";

/** Of which further rows are needed: what is tried, what that refers to, and what refers to it. */
export function tablesToFill(subject: Subject, options: ProveOptions): ReadonlySet<Oid> {
  const tables = [...subject.tables.values()];
  const tried = new Set(
    tables
      .filter(({ relation }) => fits(options.only, nameOf(relation)))
      .map(({ relation }) => relation.oid),
  );
  const parents = tables
    .filter(({ relation }) => tried.has(relation.oid))
    .flatMap((table) => parentsOf(table));
  const children = tables
    .filter((table) => parentsOf(table).some((parent) => tried.has(parent)))
    .map(({ relation }) => relation.oid);
  const near = new Set([...tried, ...parents, ...children]);
  return new Set(
    tables
      .filter(({ relation }) => near.has(relation.oid))
      .filter((table) => table.class === "tenant" || mayBeWritten(subject, options, table))
      .map(({ relation }) => relation.oid),
  );
}

const parentsOf = ({ relation }: ClassifiedTable): readonly Oid[] =>
  relation.constraints.flatMap(({ references }) => references?.relation ?? []);

/** An operator's table that is written to, or will be where guards are broken. */
function mayBeWritten(subject: Subject, { mutate }: ProveOptions, table: ClassifiedTable): boolean {
  const { catalog, appRoles } = subject;
  if (table.class !== "operator") return false;
  if (mutate !== undefined && table.relation.schema !== "tenantry") return true;
  return appRoles.some((role) => mayUse(catalog, role, table.relation, "INSERT"));
}
