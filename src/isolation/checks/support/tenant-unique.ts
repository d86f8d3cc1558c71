import { columnNames, quoted, sqlName } from "../../catalog/names.js";
import type { Constraint, Relation } from "../../catalog/relation.js";
import type { Subject } from "../../subject/subject.js";
import { compositeForeignKey, list } from "./composite-key.js";
import { foreignKeys } from "./foreign-keys.js";
import type { GlobalKey } from "./unique-keys.js";
import { shortName } from "./wording.js";

/** The statements that put a key with the tenant first in the place of one without. */
export function tenantLeading(subject: Subject, { table, index }: GlobalKey): string {
  const { relation, tenantColumn } = table;
  if (tenantColumn === undefined) {
    return `Give ${sqlName(relation)} a tenant column of its own and put it first in ${index.name}; tenantry adopt writes these statements.`;
  }
  const constraint = relation.constraints.find(
    ({ name, kind }) => name === index.name && kind !== "foreign key",
  );
  const tenant = tenantColumn.name;
  if (index.exclusion && constraint !== undefined) return exclusion(relation, constraint, tenant);
  const whole = relation.kind === "partitioned table";
  const next = shortName(index.name, "tenant");
  const created = index.definition
    .replace(/^CREATE UNIQUE INDEX /, `CREATE UNIQUE INDEX ${whole ? "" : "CONCURRENTLY "}`)
    .replace(/INDEX (CONCURRENTLY )?.*? ON (ONLY )?/, (_, option: string | undefined) => {
      return `INDEX ${option ?? ""}${quoted(next)} ON `;
    })
    .replace(/ USING (\w+) \(/, ` USING $1 (${quoted(tenant)}, `);
  const steps = [`${created};`];
  const resting = constraintsOn(subject, relation, index.columns);
  const keys = foreignKeys(subject).filter((each) => resting.includes(each.constraint));
  if (keys.length < resting.length || keys.some(({ child }) => child.tenantColumn === undefined)) {
    return [
      ...steps,
      `-- then mend the foreign keys that refer to ${index.name} (D1, D2); once none is left:`,
      `-- ${swap(relation, constraint, index.name, next)}`,
    ].join("\n");
  }
  return [
    ...keys.map((each) => compositeForeignKey(subject, each)),
    ...steps,
    swapOf(relation, constraint, index, next, tenant, whole),
  ].join("\n");
}

function swapOf(
  relation: Relation,
  constraint: Constraint | undefined,
  { name, columns }: GlobalKey["index"],
  next: string,
  tenant: string,
  whole: boolean,
): string {
  if (!whole || constraint === undefined) return swap(relation, constraint, name, next);
  // A partitioned table takes no ready-made index for a constraint.
  const kind = constraint.kind === "primary key" ? "PRIMARY KEY" : "UNIQUE";
  return `DROP INDEX ${sqlName({ schema: relation.schema, name: next })};
ALTER TABLE ${sqlName(relation)} DROP CONSTRAINT ${quoted(name)}, ADD CONSTRAINT ${quoted(name)} ${kind} (${list([tenant, ...columnNames(relation, columns)])});`;
}

function swap(
  relation: Relation,
  constraint: Constraint | undefined,
  name: string,
  next: string,
): string {
  const index = (each: string) => sqlName({ schema: relation.schema, name: each });
  if (constraint === undefined) {
    return `DROP INDEX ${index(name)}; ALTER INDEX ${index(next)} RENAME TO ${quoted(name)};`;
  }
  const kind = constraint.kind === "primary key" ? "PRIMARY KEY" : "UNIQUE";
  return `ALTER TABLE ${sqlName(relation)} DROP CONSTRAINT ${quoted(name)}, ADD CONSTRAINT ${quoted(name)} ${kind} USING INDEX ${quoted(next)};`;
}

function exclusion(relation: Relation, { name, definition }: Constraint, tenant: string): string {
  return `CREATE EXTENSION IF NOT EXISTS btree_gist;
ALTER TABLE ${sqlName(relation)} DROP CONSTRAINT ${quoted(name)}, ADD CONSTRAINT ${quoted(name)} ${definition.replace(/\(/, `(${quoted(tenant)} WITH =, `)};`;
}

/** The foreign keys that rest on these columns, so that their key cannot be dropped before. */
function constraintsOn(
  subject: Subject,
  { oid }: Relation,
  columns: readonly number[],
): readonly Constraint[] {
  return [...subject.catalog.relations.values()].flatMap(({ constraints }) =>
    constraints.filter(
      ({ references, inherited }) =>
        references?.relation === oid &&
        !inherited &&
        references.columns.length === columns.length &&
        references.columns.every((column) => columns.includes(column)),
    ),
  );
}
