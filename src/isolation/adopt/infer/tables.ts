import type { Catalog } from "../../catalog/catalog.js";
import { nameOf } from "../../catalog/names.js";
import type { Column, Relation } from "../../catalog/relation.js";

/** Tenantry's own schemas: their tables are no subject of an adoption. */
export const ownSchemas = ["tenantry", "tenantry_adopt"];

/** The tables that have rows of their own and no parent to follow, by name. */
export function tablesOf(catalog: Catalog): readonly Relation[] {
  return ownRelations(catalog).filter(({ kind, parents }) => isTable(kind) && parents.length === 0);
}

/** Partitions and inheritance children: they go where their parent goes. */
export function childrenOf(catalog: Catalog): readonly Relation[] {
  return ownRelations(catalog).filter(({ kind, parents }) => isTable(kind) && parents.length > 0);
}

/** What holds rows but takes no row security. */
export function unprotectableOf(catalog: Catalog): readonly Relation[] {
  return ownRelations(catalog).filter(
    ({ kind, isPartition }) =>
      kind === "materialized view" || (kind === "foreign table" && !isPartition),
  );
}

/** The one column that rows are known by: the primary key's, or a lone unique, not null `id`. */
export function keyColumnOf(relation: Relation): Column | undefined {
  const unique = relation.indexes.filter(
    (index) => index.unique && index.predicate === null && index.columns.length === 1,
  );
  const named = unique.find((index) => columnOf(relation, index.columns[0]!)?.name === "id");
  const index = unique.find(({ primary }) => primary) ?? named;
  const column = index === undefined ? undefined : columnOf(relation, index.columns[0]!);
  return column?.notNull === true ? column : undefined;
}

export function columnOf(relation: Relation, number: number): Column | undefined {
  return relation.columns.find((column) => column.number === number);
}

/** Whether at most one row has the same values there. */
export function isUnique(relation: Relation, columns: readonly number[]): boolean {
  return relation.indexes.some(
    (index) =>
      index.unique &&
      index.valid &&
      index.predicate === null &&
      index.columns.every((column) => columns.includes(column)),
  );
}

/** Also where a CHECK says it. */
export function isNotNull(relation: Relation, number: number): boolean {
  const column = columnOf(relation, number);
  if (column === undefined || column.notNull) return column !== undefined;
  return relation.constraints.some(
    ({ kind, validated, enforced, columns, expression }) =>
      kind === "check" &&
      validated &&
      enforced &&
      columns.length === 1 &&
      columns[0] === number &&
      /^\(\S+ IS NOT NULL\)$/.test(expression ?? ""),
  );
}

function ownRelations(catalog: Catalog): readonly Relation[] {
  return [...catalog.relations.values()]
    .filter(({ schema, extension }) => !ownSchemas.includes(schema) && extension === null)
    .sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1));
}

function isTable(kind: Relation["kind"]): boolean {
  return kind === "table" || kind === "partitioned table";
}
