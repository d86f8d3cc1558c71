import { quoted, sqlName } from "../../catalog/names.js";
import type { Relation } from "../../catalog/relation.js";
import { expressionOf, type Assignment } from "./evaluate.js";

/** An INSERT that gives back every column as text. */
export function insertStatement(relation: Relation, row: Assignment): string {
  const columns = [...row.keys()];
  const into = `insert into ${sqlName(relation)}`;
  const values =
    columns.length === 0
      ? "default values"
      : `(${columns.map(quoted).join(", ")}) ${overriding(relation)}values (${columns.map((column) => expressionOf(row.get(column)!)).join(", ")})`;
  return `${into} ${values} returning ${textColumns(relation)}`;
}

// Ids are given, so that tables which refer to one another can be filled at once.
const overriding = (relation: Relation) =>
  relation.columns.some(({ identity }) => identity !== "") ? "overriding system value " : "";

/** Every column as text, under its own name. */
export function textColumns(relation: Relation): string {
  return relation.columns
    .map(({ name }) => `${quoted(name)}::pg_catalog.text as ${quoted(name)}`)
    .join(", ");
}

/**
 * One statement for rows that need one another: their foreign keys are looked at when all are in.
 * Gives back rows of `number` and `row`.
 */
export function joinedStatement(inserts: readonly string[]): string {
  const parts = inserts.map((insert, index) => `part_${index} as (${insert})`);
  const reads = inserts.map(
    (_, index) =>
      `select ${index} as number, pg_catalog.row_to_json(part_${index}) as row from part_${index}`,
  );
  return `with ${parts.join(", ")} ${reads.join(" union all ")}`;
}
