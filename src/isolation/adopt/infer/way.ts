import type { Catalog } from "../../catalog/catalog.js";
import { nameOf } from "../../catalog/names.js";
import type { Column, Relation } from "../../catalog/relation.js";
import { familyOf } from "./link.js";

/** One entry of a manifest's `through`, read. */
export interface ThroughWay {
  readonly table: Relation;
  readonly columns: readonly Column[];
  /** The first element of the column is meant: `project_ids[1] -> …`. */
  readonly firstElement: boolean;
  /** Whose tenant it is. */
  readonly target: Relation;
  readonly targetColumns: readonly Column[];
  /** `id <- public.organizations.billing_id`: the target's row points to this one. */
  readonly inverse: boolean;
}

/**
 * Reads `project_id -> public.projects.id`, `a, b -> public.t.c, d` or `id <- public.t.c`.
 * @returns what is wrong with it, as the end of a sentence, where it cannot be read
 */
export function readWay(catalog: Catalog, table: Relation, text: string): ThroughWay | string {
  const parts = /^(.+?)\s+(->|<-)\s+([^.]+)\.([^.]+)\.(.+)$/.exec(text.trim());
  if (parts === null) {
    return `${JSON.stringify(text)} is not of the form "project_id -> public.projects.id"`;
  }
  const [, from, arrow, schema, name, to] = parts as unknown as [
    string,
    string,
    string,
    string,
    string,
    string,
  ];
  const target = [...catalog.relations.values()].find(
    (relation) => relation.schema === schema && relation.name === name,
  );
  if (target === undefined)
    return `${JSON.stringify(text)} names ${schema}.${name}, which is not there`;
  const firstElement = /\[1\]$/.test(from);
  const columns = namedColumns(table, from.replace(/\[1\]$/, ""));
  const targetColumns = namedColumns(target, to);
  if (typeof columns === "string") return columns;
  if (typeof targetColumns === "string") return targetColumns;
  if (columns.length !== targetColumns.length) {
    return `${JSON.stringify(text)} has ${columns.length} columns on the left and ${targetColumns.length} on the right`;
  }
  const unlike = columns.findIndex(
    (column, index) => typeOf(column, firstElement) !== familyOf(targetColumns[index]!.baseType),
  );
  if (unlike >= 0) {
    return `${JSON.stringify(text)} compares ${columns[unlike]!.type} with ${targetColumns[unlike]!.type}`;
  }
  return { table, columns, firstElement, target, targetColumns, inverse: arrow === "<-" };
}

function typeOf(column: Column, firstElement: boolean): string {
  return familyOf(firstElement ? (column.elementType ?? "") : column.baseType);
}

function namedColumns(relation: Relation, list: string): readonly Column[] | string {
  const names = list.split(",").map((name) => name.trim());
  const columns = names.map((name) => relation.columns.find((column) => column.name === name));
  const missing = columns.indexOf(undefined);
  if (missing >= 0) return `${nameOf(relation)} has no column ${names[missing]!}`;
  return columns as readonly Column[];
}
