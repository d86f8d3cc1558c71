import type { AlterTableCmd } from "libpg-query";
import type { Switch, Table } from "../model/table.js";
import { addConstraint, dropConstraint, validateConstraint } from "./constraints.js";
import { relationName, roleName } from "./names.js";
import type { Step } from "./step.js";

/** Everything of ALTER TABLE that is not about one column. */
export function alterTable(table: Table, command: AlterTableCmd, step: Step): void {
  const { def, name = "" } = command;
  switch (command.subtype) {
    case "AT_EnableRowSecurity":
      return turn(table.rowSecurity, true, step);
    case "AT_DisableRowSecurity":
      return turn(table.rowSecurity, false, step);
    case "AT_ForceRowSecurity":
      return turn(table.forced, true, step);
    case "AT_NoForceRowSecurity":
      return turn(table.forced, false, step);
    case "AT_ChangeOwner":
      table.owner = { role: roleName(command.newowner ?? {}), place: step.place };
      return;
    case "AT_AddConstraint":
      if (def !== undefined && "Constraint" in def) addConstraint(table, def.Constraint, step);
      return;
    case "AT_DropConstraint":
      return dropConstraint(table, name);
    case "AT_ValidateConstraint":
      return validateConstraint(table, name);
    case "AT_AttachPartition":
    case "AT_DetachPartition":
      if (def === undefined || !("PartitionCmd" in def)) return;
      return adopt(
        def.PartitionCmd.name,
        command.subtype === "AT_AttachPartition" ? table : undefined,
        step,
      );
    case "AT_AddInherit":
      if (def !== undefined && "RangeVar" in def) table.parent = relationName(def.RangeVar);
      return;
    case "AT_DropInherit":
      table.parent = undefined;
      return;
    default:
      return alterTriggers(table, command, step);
  }
}

function turn(part: Switch, on: boolean, step: Step): void {
  part.on = on;
  part.place = step.place;
}

function adopt(
  child: Parameters<typeof relationName>[0] | undefined,
  parent: Table | undefined,
  step: Step,
): void {
  const table = step.model.tables.get(relationName(child ?? {}));
  if (table !== undefined) table.parent = parent?.name;
}

function alterTriggers(table: Table, { subtype, name = "" }: AlterTableCmd, step: Step): void {
  if (subtype === "AT_DisableTrig") table.triggersOff.set(name, step.place);
  else if (subtype === "AT_DisableTrigAll") table.triggersOff.set("all", step.place);
  else if (subtype === "AT_DisableTrigUser") table.triggersOff.set("user", step.place);
  else if (subtype === "AT_EnableTrigAll" || subtype === "AT_EnableTrigUser") {
    table.triggersOff.clear();
  } else if (subtype === "AT_EnableTrig" || subtype === "AT_EnableAlwaysTrig") {
    table.triggersOff.delete(name);
  }
}
