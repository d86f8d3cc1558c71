import { columnNames, nameOf, quoted, sqlName } from "../catalog/names.js";
import { everyone } from "../catalog/catalog.js";
import { heldRoles } from "../catalog/powers.js";
import type { Column, Relation } from "../catalog/relation.js";
import { parseExpression, type Node } from "../sql/parse.js";
import { walk, wordsOf } from "../sql/walk.js";
import { tenantTables, type Subject } from "../subject/subject.js";
import type { Check, Found } from "./check.js";
import { registryOf } from "./support/foreign-keys.js";
import { updates, writes } from "./support/reach.js";
import { shortName } from "./support/wording.js";

export const d9: Check = {
  id: "D9",
  name: "loose-tenant-column",
  severity: "medium",
  title: "A tenant column that takes any value, or that may be changed",
  meaning:
    "Without a foreign key to the tenants, rows of a tenant that never was, or is gone, can be written and wait for whoever gets that id. Where the application may update the column and no policy's WITH CHECK holds it, a row moves from one tenant to another.",
  *find(subject) {
    const registry = registryOf(subject);
    for (const { relation, tenantColumn } of tenantTables(subject)) {
      if (tenantColumn === undefined || relation.isPartition || relation === registry) continue;
      if (registry !== undefined && !isAnchored(subject, relation, tenantColumn, registry)) {
        yield unanchored(relation, tenantColumn, registry);
      }
      if (isMutable(subject, relation, tenantColumn))
        yield mutable(subject, relation, tenantColumn);
    }
  },
};

/** To the tenants directly, or to a table that is. */
function isAnchored(
  subject: Subject,
  relation: Relation,
  column: Column,
  registry: Relation,
  depth = 0,
): boolean {
  return relation.constraints.some(({ references, columns, enforced }) => {
    const place = columns.indexOf(column.number);
    if (references === null || place === -1 || !enforced) return false;
    if (references.relation === registry.oid) return true;
    // Alone it says what a tenant is, as in a schema with tenants of its own.
    if (columns.length === 1 && references.relation !== relation.oid) return true;
    const parent = subject.tables.get(references.relation);
    const isComplete = columns.every(
      (number) => relation.columns.find((each) => each.number === number)?.notNull,
    );
    if (parent?.tenantColumn?.number !== references.columns[place] || !isComplete) return false;
    return (
      parent !== undefined &&
      depth < 20 &&
      parent.relation !== relation &&
      isAnchored(subject, parent.relation, parent.tenantColumn!, registry, depth + 1)
    );
  });
}

function unanchored(relation: Relation, column: Column, registry: Relation): Found {
  const key = registry.constraints.find(({ kind }) => kind === "primary key")?.columns ?? [];
  const [target = "id"] = columnNames(registry, key);
  const name = quoted(shortName(relation.name, column.name, "fkey"));
  const later = relation.kind !== "partitioned table";
  const table = `ALTER TABLE ${sqlName(relation)}`;
  return {
    subject: nameOf(relation),
    detail: column.name,
    message: `${nameOf(relation)}.${column.name} refers to no row of ${nameOf(registry)}: ids of no tenant are accepted.`,
    mend: `${table} ADD CONSTRAINT ${name} FOREIGN KEY (${quoted(column.name)}) REFERENCES ${sqlName(registry)} (${quoted(target)})${
      later
        ? ` NOT VALID;
${table} VALIDATE CONSTRAINT ${name};`
        : ";"
    }`,
  };
}

/** Row security that is off is A1's finding; here it is on and lets the tenant be changed. */
function isMutable(subject: Subject, relation: Relation, column: Column): boolean {
  if (!relation.rowSecurity || !writes(subject, relation, ["UPDATE"])) return false;
  if (!updates(subject, relation, column)) return false;
  const held = new Set(subject.appRoles.flatMap(({ oid }) => heldRoles(subject.catalog, oid)));
  const policies = relation.policies.filter(
    ({ command, roles }) =>
      (command === "ALL" || command === "UPDATE") &&
      roles.some((role) => role === everyone || held.has(role)),
  );
  const holds = ({ using, check }: { using: string | null; check: string | null }) =>
    names(check ?? using, column.name);
  if (policies.some((policy) => !policy.permissive && holds(policy))) return false;
  return policies.some((policy) => policy.permissive && !holds(policy));
}

function mutable(subject: Subject, relation: Relation, column: Column): Found {
  const others = relation.columns.filter(
    ({ name, generated }) => name !== column.name && !generated,
  );
  const roles = subject.appRoles.map(({ name }) => quoted(name)).join(", ");
  return {
    subject: nameOf(relation),
    detail: `${column.name} changes`,
    message: `The application may update ${nameOf(relation)}.${column.name}, and no WITH CHECK holds it to its tenant.`,
    mend: `REVOKE UPDATE ON ${sqlName(relation)} FROM ${roles};
GRANT UPDATE (${others.map(({ name }) => quoted(name)).join(", ")}) ON ${sqlName(relation)} TO ${roles};`,
  };
}

function names(expression: string | null, column: string): boolean {
  if (expression === null) return false;
  let found = false;
  walk([parseExpression(expression)], (kind, value) => {
    if (kind === "ColumnRef") found ||= wordsOf(value["fields"] as Node[]).at(-1) === column;
    return undefined;
  });
  return found;
}
