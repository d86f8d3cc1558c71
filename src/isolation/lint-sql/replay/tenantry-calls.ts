import { parseExpression, type Node } from "../../sql/parse.js";
import { walk, wordsOf } from "../../sql/walk.js";
import { noteDynamic, type Model } from "../model/model.js";
import type { Column, Table } from "../model/table.js";
import { textOf } from "../../sql/nodes.js";
import { nameInText } from "./names.js";
import { on, type NodeOf, type Step } from "./step.js";
import { tableAt } from "./tables.js";

const classes = { protect: "tenant", share: "global", restrict: "operator" } as const;
const ownColumn = "tenant_id";

const ownCondition = parseExpression("tenant_id = (select tenantry.current_tenant())");

/** `select tenantry.protect('projects')` and its kin, wherever in a query they stand. */
function call(statement: NodeOf<"SelectStmt">, step: Step): void {
  walk(statement, (kind, value) => {
    if (kind === "FuncCall") callOne(value, step);
    return undefined;
  });
}

function callOne({ funcname, args }: NodeOf<"FuncCall">, step: Step): void {
  const [schema, name] = wordsOf(funcname);
  if (schema !== "tenantry") return;
  const made = Object.entries(classes).find(([each]) => each === name)?.[1];
  if (made === undefined) return;
  step.model.usesTenantry = true;
  const target = textOf(argument(args?.[0]));
  if (target === undefined) {
    const text = `tenantry.${name ?? ""}() of a table that is not named`;
    noteDynamic(step.model, { problem: text, text, runs: text, place: step.place });
    return;
  }
  const full = nameInText(target);
  if (step.model.views.has(full)) return;
  const [, relname] = full.split(".");
  const [schemaname] = full.split(".");
  const table = tableAt({ schemaname: schemaname!, relname: relname! }, step);
  table.classified = made;
  takeExcess(step.model, table.name);
  if (made === "tenant") protect(table, step);
}

function argument(node: Node | undefined): Node | undefined {
  return node !== undefined && "NamedArgExpr" in node ? node.NamedArgExpr.arg : node;
}

function protect(table: Table, step: Step): void {
  const { place, model } = step;
  const now: Column = table.columns.get(ownColumn) ?? {
    name: ownColumn,
    type: "uuid",
    notNull: true,
    default: undefined,
    changedFrom: undefined,
    place,
  };
  table.columns.set(ownColumn, { ...now, notNull: true, default: undefined });
  table.owner = { role: "tenantry_owner", place };
  leadKeyWithTenant(table, model);
  enforce(table, step);
  for (const child of model.tables.values()) {
    if (child.parent === table.name) protectChild(child, step);
  }
}

/** protect() covers the partitions that are there; later ones are made after it. */
function protectChild(child: Table, step: Step): void {
  child.owner = { role: "tenantry_owner", place: step.place };
  takeExcess(step.model, child.name);
  enforce(child, step);
  for (const below of step.model.tables.values()) {
    if (below.parent === child.name) protectChild(below, step);
  }
}

function enforce(table: Table, { place }: Step): void {
  Object.assign(table.rowSecurity, { on: true, place });
  Object.assign(table.forced, { on: true, place });
  const policy = { command: "all", using: ownCondition, check: ownCondition, place };
  table.policies.set("tenantry_floor", { ...policy, permissive: false, roles: ["public"] });
  table.policies.set("tenantry_tenant", { ...policy, permissive: true, roles: ["tenantry_app"] });
}

/** A primary key that others reference is left as it is, with a warning. */
function leadKeyWithTenant(table: Table, model: Model): void {
  const [primary] = [...table.keys.values()].filter(({ kind }) => kind === "primary");
  if (primary === undefined || primary.columns.includes(ownColumn)) return;
  const referenced = [...model.tables.values()].some((other) =>
    [...other.foreignKeys.values()].some(({ target, targetColumns }) => {
      const columns = targetColumns.length === 0 ? primary.columns : targetColumns;
      return target === table.name && columns.join() === primary.columns.join();
    }),
  );
  if (!referenced) primary.columns = [ownColumn, ...primary.columns];
}

function takeExcess(model: Model, name: string): void {
  const excess = ["truncate", "trigger", "references"];
  model.grants = model.grants.filter(
    ({ table, grantee, privilege }) =>
      table !== name || (grantee !== "public" && !excess.includes(privilege)),
  );
}

export const tenantryEntries = [on("SelectStmt", call)];
