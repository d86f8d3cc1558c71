import type { AlterTableCmd } from "libpg-query";
import type { Table } from "../model/table.js";
import { addColumn, dropColumn } from "./columns.js";
import { requireValue } from "./constraints.js";
import { typeName } from "./names.js";
import type { Step } from "./step.js";

/** @returns whether the command was one on a column */
export function alterColumn(table: Table, command: AlterTableCmd, step: Step): boolean {
  const { def, name = "" } = command;
  const column = table.columns.get(name);
  switch (command.subtype) {
    case "AT_AddColumn":
      if (def === undefined || !("ColumnDef" in def)) return true;
      if (command.missing_ok === true && table.columns.has(def.ColumnDef.colname ?? ""))
        return true;
      addColumn(table, def.ColumnDef, step);
      return true;
    case "AT_DropColumn":
      dropColumn(table, name);
      return true;
    case "AT_ColumnDefault":
      if (column !== undefined) {
        column.default = def === undefined ? undefined : { expression: def, place: step.place };
      }
      return true;
    case "AT_SetNotNull":
      requireValue(table, name);
      return true;
    case "AT_DropNotNull":
      if (column !== undefined) Object.assign(column, { notNull: false, place: step.place });
      return true;
    case "AT_AlterColumnType":
      if (column !== undefined && def !== undefined && "ColumnDef" in def) {
        column.changedFrom = column.type;
        column.type = typeName(def.ColumnDef.typeName);
        column.place = step.place;
      }
      return true;
    default:
      return false;
  }
}
