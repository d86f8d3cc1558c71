import { columnNames, quoted, sqlName } from "../../catalog/names.js";
import type { ReferentialAction } from "../../catalog/relation.js";
import type { ClassifiedTable, Subject } from "../../subject/subject.js";
import type { ForeignKey } from "./foreign-keys.js";
import { shortName } from "./wording.js";

/** The statements that put a foreign key which carries the tenant in the place of one that does not. */
export function compositeForeignKey(subject: Subject, key: ForeignKey): string {
  const { child, parent, constraint, references } = key;
  if (child.tenantColumn === undefined || parent.tenantColumn === undefined) {
    const bare = child.tenantColumn === undefined ? child : parent;
    return `Give ${sqlName(bare.relation)} a tenant column of its own, filled in from its parent, then make the foreign key carry it; tenantry adopt writes these statements.`;
  }
  const own = columnNames(child.relation, constraint.columns);
  const there = columnNames(parent.relation, references.columns);
  const name = shortName(child.relation.name, ...own, "tenant_fkey");
  const table = `ALTER TABLE ${sqlName(child.relation)}`;
  // Foreign keys of partitioned tables can be NOT VALID from PostgreSQL 18 on.
  const later =
    child.relation.kind !== "partitioned table" || subject.catalog.server.number >= 180_000;
  const added = `${table} ADD CONSTRAINT ${quoted(name)} FOREIGN KEY (${list([child.tenantColumn.name, ...own])}) REFERENCES ${sqlName(parent.relation)} (${list([parent.tenantColumn.name, ...there])})${actions(subject, key, own)}`;
  return [
    ...uniqueKey(parent, references.columns),
    `${added}${later ? " NOT VALID" : ""};`,
    ...(later ? [`${table} VALIDATE CONSTRAINT ${quoted(name)};`] : []),
    `${table} DROP CONSTRAINT ${quoted(constraint.name)};`,
  ].join("\n");
}

/** What the parent needs, unless it has it. */
function uniqueKey({ relation, tenantColumn }: ClassifiedTable, columns: readonly number[]) {
  const wanted = [tenantColumn!.number, ...columns];
  const there = relation.indexes.some(
    (index) =>
      index.unique &&
      index.valid &&
      index.predicate === null &&
      index.columns.length === wanted.length &&
      wanted.every((number) => index.columns.includes(number)),
  );
  if (there) return [];
  const names = columnNames(relation, wanted);
  const concurrently = relation.kind === "partitioned table" ? "" : " CONCURRENTLY";
  return [
    `CREATE UNIQUE INDEX${concurrently} IF NOT EXISTS ${quoted(shortName(relation.name, ...names, "key"))} ON ${sqlName(relation)} (${list(names)});`,
  ];
}

function actions(subject: Subject, { references }: ForeignKey, own: readonly string[]): string {
  const onlyOwn = subject.catalog.server.number >= 150_000 ? ` (${list(own)})` : undefined;
  const written = (action: ReferentialAction, event: string) => {
    if (action === "no action") return "";
    if (action !== "set null" && action !== "set default")
      return ` ${event} ${action.toUpperCase()}`;
    // Without a list of columns these would take the tenant from the row.
    if (event === "ON UPDATE" || onlyOwn === undefined) return "";
    return ` ${event} ${action.toUpperCase()}${onlyOwn}`;
  };
  return written(references.onDelete, "ON DELETE") + written(references.onUpdate, "ON UPDATE");
}

export function list(names: readonly string[]): string {
  return names.map(quoted).join(", ");
}
