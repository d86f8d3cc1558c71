import type { ColumnDef, Constraint } from "libpg-query";
import type { Node } from "../../sql/parse.js";
import type { Table } from "../model/table.js";
import { addConstraint } from "./constraints.js";
import { typeName } from "./names.js";
import type { Step } from "./step.js";

/** Of CREATE TABLE and ADD COLUMN alike. */
export function addColumn(table: Table, definition: ColumnDef, step: Step): void {
  const name = definition.colname ?? "";
  const place = step.at(definition.location);
  const constraints = constraintsOf(definition.constraints);
  const type = typeName(definition.typeName);
  const fill = constraints.find(({ contype }) => contype === "CONSTR_DEFAULT")?.raw_expr;
  table.columns.set(name, {
    name,
    type,
    notNull: /^(small|big)?serial[248]?$/.test(type) || constraints.some(forbidsNull),
    default: fill === undefined ? undefined : { expression: fill, place },
    changedFrom: undefined,
    place,
  });
  for (const constraint of constraints) addConstraint(table, constraint, step, name);
}

function forbidsNull({ contype }: Constraint): boolean {
  return (
    contype === "CONSTR_NOTNULL" || contype === "CONSTR_PRIMARY" || contype === "CONSTR_IDENTITY"
  );
}

function constraintsOf(nodes: readonly Node[] | undefined): Constraint[] {
  return (nodes ?? []).flatMap((node) => ("Constraint" in node ? [node.Constraint] : []));
}

/** With it go the constraints that name it. */
export function dropColumn(table: Table, name: string): void {
  table.columns.delete(name);
  for (const [key, { columns }] of table.keys) if (columns.includes(name)) table.keys.delete(key);
  for (const [key, { columns }] of table.foreignKeys) {
    if (columns.includes(name)) table.foreignKeys.delete(key);
  }
}
