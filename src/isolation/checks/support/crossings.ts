import { columnNames, nameOf } from "../../catalog/names.js";
import { type Subject } from "../../subject/subject.js";
import { carriesTenant, foreignKeys, leadsToRoot, type ForeignKey } from "./foreign-keys.js";

/** Foreign keys between tenants' tables that do not take the tenant along. */
export function crossings(subject: Subject): readonly ForeignKey[] {
  const between = foreignKeys(subject).filter(
    (key) => key.parent.class === "tenant" && !leadsToRoot(subject, key) && !carriesTenant(key),
  );
  return between.filter((key) => !isOwnTenant(key, between) && !isSecond(subject, key));
}

/** What it is about, for people: `public.tasks (project_id) → public.projects`. */
export function arrow({ child, constraint, parent }: ForeignKey): string {
  const columns = columnNames(child.relation, constraint.columns).join(", ");
  return `${nameOf(child.relation)} (${columns}) → ${nameOf(parent.relation)}`;
}

/** A table without a tenant column belongs to whom its first such reference leads to; only others can disagree. */
function isOwnTenant(key: ForeignKey, all: readonly ForeignKey[]): boolean {
  if (key.child.tenantColumn !== undefined) return false;
  const ofTable = all.filter(({ child }) => child === key.child);
  const first = Math.min(...ofTable.map(({ constraint }) => constraint.columns[0] ?? Infinity));
  return key.constraint.columns[0] === first;
}

/** The same columns lead to the same table a second time, with the tenant: rows cannot disagree. */
function isSecond(subject: Subject, key: ForeignKey): boolean {
  return foreignKeys(subject).some(
    (other) =>
      other.child === key.child &&
      other.parent === key.parent &&
      carriesTenant(other) &&
      other.constraint.validated &&
      other.constraint.enforced &&
      key.constraint.columns.every((column) => other.constraint.columns.includes(column)),
  );
}
