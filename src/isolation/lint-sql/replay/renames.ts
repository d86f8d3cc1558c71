import { walk, wordsOf } from "../../sql/walk.js";
import type { Model } from "../model/model.js";
import type { Table } from "../model/table.js";
import { bareName, qualified, relationName, schemaOf } from "./names.js";
import { on, type NodeOf, type Step } from "./step.js";

function rename(statement: NodeOf<"RenameStmt">, { model }: Step): void {
  const { relation, newname = "", subname = "" } = statement;
  const name = relationName(relation ?? {});
  const table = model.tables.get(name);
  switch (statement.renameType) {
    case "OBJECT_TABLE":
    case "OBJECT_FOREIGN_TABLE":
    case "OBJECT_VIEW":
    case "OBJECT_MATVIEW":
      return moveRelation(model, name, `${schemaOf(name)}.${newname}`);
    case "OBJECT_COLUMN":
      if (table !== undefined) renameColumn(model, table, subname, newname);
      return;
    case "OBJECT_TABCONSTRAINT":
      if (table === undefined) return;
      for (const named of [table.keys, table.foreignKeys, table.unvalidated]) {
        renameKey<unknown>(named, subname, newname);
      }
      return;
    case "OBJECT_INDEX":
      for (const each of model.tables.values()) renameKey(each.keys, bareName(name), newname);
      return;
    case "OBJECT_POLICY":
      if (table !== undefined) renameKey(table.policies, subname, newname);
      return;
    default:
  }
}

function renameKey<Value>(map: Map<string, Value>, from: string, to: string): void {
  const value = map.get(from);
  if (value === undefined) return;
  map.delete(from);
  map.set(to, value);
}

function moveRelation(model: Model, from: string, to: string): void {
  renameKey(model.tables, from, to);
  const table = model.tables.get(to);
  if (table !== undefined) table.name = to;
  const view = model.views.get(from);
  if (view !== undefined) {
    model.views.delete(from);
    model.views.set(to, { ...view, name: to });
  }
  for (const grant of model.grants) if (grant.table === from) grant.table = to;
  for (const each of model.tables.values()) {
    if (each.parent === from) each.parent = to;
    for (const key of each.foreignKeys.values()) if (key.target === from) key.target = to;
  }
  for (const { reads } of model.views.values()) if (reads.delete(from)) reads.add(to);
}

function renameColumn(model: Model, table: Table, from: string, to: string): void {
  const swap = (names: readonly string[]) => names.map((name) => (name === from ? to : name));
  const column = table.columns.get(from);
  renameKey(table.columns, from, to);
  if (column !== undefined) column.name = to;
  for (const key of table.keys.values()) key.columns = swap(key.columns);
  for (const key of table.foreignKeys.values()) key.columns = swap(key.columns);
  for (const other of model.tables.values()) {
    for (const key of other.foreignKeys.values()) {
      if (key.target === table.name) key.targetColumns = swap(key.targetColumns);
    }
  }
  for (const policy of table.policies.values()) {
    policy.using = renamed(policy.using, from, to);
    policy.check = renamed(policy.check, from, to);
  }
}

/** A policy follows its columns; the statement that made it does not. */
function renamed<Expression>(expression: Expression, from: string, to: string): Expression {
  const copy = structuredClone(expression);
  walk([copy], (kind, value) => {
    if (kind !== "ColumnRef" || !Array.isArray(value["fields"])) return undefined;
    const last: unknown = value["fields"].at(-1);
    const words = wordsOf(value["fields"]);
    if (words.at(-1) === from && typeof last === "object") Object.assign(last ?? {}, word(to));
    return undefined;
  });
  return copy;
}

function word(text: string) {
  return { String: { sval: text } };
}

function setSchema(statement: NodeOf<"AlterObjectSchemaStmt">, { model }: Step): void {
  if (statement.relation === undefined) return;
  const name = relationName(statement.relation);
  moveRelation(model, name, qualified([statement.newschema ?? "public", bareName(name)]));
}

export const renameEntries = [on("RenameStmt", rename), on("AlterObjectSchemaStmt", setSchema)];
