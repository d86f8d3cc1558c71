import type { Constraint } from "libpg-query";
import { walk, wordsOf } from "../../sql/walk.js";
import type { Node } from "../../sql/parse.js";
import type { Key, Table } from "../model/table.js";
import { bareName, relationName } from "./names.js";
import type { Step } from "./step.js";

const keyKinds = {
  CONSTR_PRIMARY: "primary",
  CONSTR_UNIQUE: "unique",
  CONSTR_EXCLUSION: "exclusion",
} as const;

/** `column`: where the constraint stands behind a column. */
export function addConstraint(
  table: Table,
  constraint: Constraint,
  step: Step,
  column?: string,
): void {
  const { contype } = constraint;
  if (contype === "CONSTR_FOREIGN") addForeignKey(table, constraint, step, column);
  else if (contype === "CONSTR_CHECK") addCheck(table, constraint, step);
  else if (contype === "CONSTR_NOTNULL" && column === undefined) {
    for (const name of wordsOf(constraint.keys)) requireValue(table, name);
  } else if (
    contype === "CONSTR_PRIMARY" ||
    contype === "CONSTR_UNIQUE" ||
    contype === "CONSTR_EXCLUSION"
  ) {
    addKey(table, keyKinds[contype], constraint, step, column);
  }
}

function addKey(
  table: Table,
  kind: Key["kind"],
  constraint: Constraint,
  step: Step,
  column: string | undefined,
): void {
  const place = step.at(constraint.location);
  const { indexname } = constraint;
  const index = indexname === undefined ? undefined : table.keys.get(indexname);
  const columns = index?.columns ?? (column === undefined ? columnsOf(constraint) : [column]);
  if (indexname !== undefined) table.keys.delete(indexname);
  const ending = { primary: "pkey", unique: "key", exclusion: "excl" }[kind];
  const named = kind === "primary" ? [] : columns;
  const name = constraint.conname ?? indexname ?? defaultName(table, named, ending);
  table.keys.set(name, { kind, columns, place });
  if (kind === "primary") for (const each of columns) requireValue(table, each);
}

function columnsOf({ keys, exclusions }: Constraint): string[] {
  if (keys !== undefined) return wordsOf(keys);
  return (exclusions ?? []).flatMap((node) =>
    "List" in node ? indexColumns((node.List.items ?? []).slice(0, 1)) : [],
  );
}

/** Expressions stand as `(…)`, for they are no column. */
export function indexColumns(nodes: readonly Node[] | undefined): string[] {
  return (nodes ?? []).flatMap((node) =>
    "IndexElem" in node ? [node.IndexElem.name ?? "(…)"] : [],
  );
}

function addForeignKey(
  table: Table,
  constraint: Constraint,
  step: Step,
  column: string | undefined,
): void {
  const columns = column === undefined ? wordsOf(constraint.fk_attrs) : [column];
  const name = constraint.conname ?? defaultName(table, columns, "fkey");
  table.foreignKeys.set(name, {
    columns,
    target: relationName(constraint.pktable ?? {}),
    targetColumns: wordsOf(constraint.pk_attrs),
    onDelete: constraint.fk_del_action ?? "a",
    onUpdate: constraint.fk_upd_action ?? "a",
    setColumns: wordsOf(constraint.fk_del_set_cols),
    matchFull: constraint.fk_matchtype === "f",
    validated: constraint.skip_validation !== true,
    place: step.at(constraint.location),
  });
}

function addCheck(table: Table, constraint: Constraint, step: Step): void {
  const name = constraint.conname ?? defaultName(table, [], "check");
  if (constraint.skip_validation === true) {
    table.unvalidated.set(name, step.at(constraint.location));
  }
  const column = notNullColumn(constraint.raw_expr);
  if (column === undefined) return;
  table.notNullChecks.set(name, column);
}

function notNullColumn(expression: Node | undefined): string | undefined {
  if (expression === undefined || !("NullTest" in expression)) return undefined;
  const { nulltesttype, arg } = expression.NullTest;
  if (nulltesttype !== "IS_NOT_NULL" || arg === undefined || !("ColumnRef" in arg))
    return undefined;
  return wordsOf(arg.ColumnRef.fields).at(-1);
}

export function requireValue(table: Table, name: string): void {
  const column = table.columns.get(name);
  if (column !== undefined) column.notNull = true;
}

/** As PostgreSQL names a constraint that has no name. */
function defaultName(table: Table, columns: readonly string[], ending: string): string {
  return [bareName(table.name), ...columns, ending].join("_").slice(0, 63);
}

export function dropConstraint(table: Table, name: string): void {
  table.keys.delete(name);
  table.foreignKeys.delete(name);
  table.unvalidated.delete(name);
  table.notNullChecks.delete(name);
}

export function validateConstraint(table: Table, name: string): void {
  table.unvalidated.delete(name);
  const reference = table.foreignKeys.get(name);
  if (reference !== undefined) reference.validated = true;
}

/** Every table or view that a query names. */
export function relationsIn(node: unknown): Set<string> {
  const found = new Set<string>();
  walk(node, (kind, value) => {
    if (kind === "RangeVar") found.add(relationName(value));
    return undefined;
  });
  return found;
}
