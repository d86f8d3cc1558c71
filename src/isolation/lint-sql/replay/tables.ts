import type { AlterTableCmd, RangeVar } from "libpg-query";
import type { Model } from "../model/model.js";
import { newTable, type Table } from "../model/table.js";
import { addColumn } from "./columns.js";
import { addConstraint, indexColumns } from "./constraints.js";
import { alterColumn } from "./alter-column.js";
import { alterTable } from "./alter-table.js";
import { relationName } from "./names.js";
import { on, type NodeOf, type Step } from "./step.js";
import { alterViewOptions } from "./views.js";

/** A table that these files alter and do not create is known by what is said of it alone. */
export function tableAt(relation: RangeVar | undefined, step: Step): Table {
  const name = relationName(relation ?? {});
  const known = step.model.tables.get(name);
  if (known !== undefined) return known;
  const table = newTable(name, step.place, false);
  step.model.tables.set(name, table);
  return table;
}

function createTable(statement: NodeOf<"CreateStmt">, step: Step, foreign = false): void {
  const { relation, tableElts, inhRelations } = statement;
  if (relation?.relpersistence === "t") return;
  const name = relationName(relation ?? {});
  if (statement.if_not_exists === true && step.model.tables.get(name)?.created === true) return;
  const table = newTable(name, step.place, true, foreign);
  step.model.tables.set(name, table);
  for (const parent of inhRelations ?? []) {
    if ("RangeVar" in parent) becomeChild(table, relationName(parent.RangeVar), step.model);
  }
  for (const element of tableElts ?? []) {
    if ("ColumnDef" in element) addColumn(table, element.ColumnDef, step);
    else if ("Constraint" in element) addConstraint(table, element.Constraint, step);
    else if ("TableLikeClause" in element) copyColumns(table, element.TableLikeClause, step.model);
  }
  addDefaultGrants(table, step.model);
}

/** Columns come from the parent; row security, policies and grants do not. */
function becomeChild(table: Table, parent: string, model: Model): void {
  table.parent = parent;
  const from = model.tables.get(parent);
  for (const [name, column] of from?.columns ?? []) table.columns.set(name, { ...column });
}

function copyColumns(table: Table, like: NodeOf<"TableLikeClause">, model: Model): void {
  const from = model.tables.get(relationName(like.relation ?? {}));
  for (const [name, column] of from?.columns ?? []) {
    table.columns.set(name, { ...column, default: undefined });
  }
}

function addDefaultGrants(table: Table, model: Model): void {
  const fitting = model.defaultGrants.filter(
    ({ schema }) => schema === "*" || table.name.startsWith(`${schema}.`),
  );
  for (const { grantee, privileges, place } of fitting) {
    const grants = privileges.map((privilege) => ({
      table: table.name,
      grantee,
      privilege,
      place,
      broad: true,
    }));
    model.grants.push(...grants);
  }
}

function createIndex(statement: NodeOf<"IndexStmt">, step: Step): void {
  if (statement.unique !== true) return;
  const table = tableAt(statement.relation, step);
  const columns = indexColumns(statement.indexParams);
  const name = statement.idxname ?? `${statement.relation?.relname ?? ""}_${columns.join("_")}_idx`;
  table.keys.set(name, { kind: "unique", columns, place: step.place });
}

function createFromQuery(statement: NodeOf<"CreateTableAsStmt">, step: Step): void {
  if (statement.objtype === "OBJECT_MATVIEW") return;
  const relation = statement.into?.rel;
  if (relation === undefined || relation.relpersistence === "t") return;
  const table = newTable(relationName(relation), step.place, true);
  step.model.tables.set(table.name, table);
  addDefaultGrants(table, step.model);
}

function alter({ relation, cmds, objtype }: NodeOf<"AlterTableStmt">, step: Step): void {
  const commands = (cmds ?? []).flatMap((each) =>
    "AlterTableCmd" in each ? [each.AlterTableCmd] : [],
  );
  const name = relationName(relation ?? {});
  if (objtype === "OBJECT_VIEW" || objtype === "OBJECT_MATVIEW" || step.model.views.has(name)) {
    for (const command of commands) alterViewOptions(name, command, step);
    return;
  }
  if (objtype !== "OBJECT_TABLE" && objtype !== "OBJECT_FOREIGN_TABLE") return;
  const table = tableAt(relation, step);
  for (const command of commands) alterOne(table, command, step);
}

function alterOne(table: Table, command: AlterTableCmd, step: Step): void {
  if (!alterColumn(table, command, step)) alterTable(table, command, step);
}

function createRule(statement: NodeOf<"RuleStmt">, step: Step): void {
  if (statement.event === "CMD_SELECT") return;
  tableAt(statement.relation, step).rules.set(statement.rulename ?? "", step.place);
}

function createInSchema({ schemaElts }: NodeOf<"CreateSchemaStmt">, step: Step): void {
  for (const element of schemaElts ?? []) {
    if ("CreateStmt" in element) createTable(element.CreateStmt, step);
  }
}

export const tableEntries = [
  on("CreateStmt", (statement, step) => createTable(statement, step)),
  on("CreateForeignTableStmt", ({ base }, step) => createTable(base ?? {}, step, true)),
  on("CreateTableAsStmt", createFromQuery),
  on("CreateSchemaStmt", createInSchema),
  on("AlterTableStmt", alter),
  on("IndexStmt", createIndex),
  on("RuleStmt", createRule),
];
