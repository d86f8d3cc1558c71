import type { AlterTableCmd, DefElem } from "libpg-query";
import type { Node } from "../../sql/parse.js";
import type { View } from "../model/model.js";
import { relationsIn } from "./constraints.js";
import { relationName } from "./names.js";
import { on, type NodeOf, type Step } from "./step.js";

const optionNames = ["security_invoker", "security_barrier"] as const;

function createView(statement: NodeOf<"ViewStmt">, step: Step): void {
  if (statement.view?.relpersistence === "t") return;
  const name = relationName(statement.view ?? {});
  const before = statement.replace === true ? step.model.views.get(name) : undefined;
  const options = optionsOf(statement.options);
  const view: View = {
    name,
    materialized: false,
    reads: relationsIn(statement.query),
    invoker: options.get("security_invoker") === true,
    barrier: options.get("security_barrier") === true,
    lost: new Set(before?.lost),
    place: step.place,
  };
  if (before?.invoker === true) view.lost.add("security_invoker");
  if (before?.barrier === true) view.lost.add("security_barrier");
  forgetWhatIsBack(view);
  step.model.views.set(name, view);
}

function createMaterialized(statement: NodeOf<"CreateTableAsStmt">, step: Step): void {
  if (statement.objtype !== "OBJECT_MATVIEW") return;
  const name = relationName(statement.into?.rel ?? {});
  step.model.views.set(name, {
    name,
    materialized: true,
    reads: relationsIn(statement.query),
    invoker: false,
    barrier: false,
    lost: new Set(),
    place: step.place,
  });
}

/** ALTER VIEW … SET or RESET. */
export function alterViewOptions(name: string, command: AlterTableCmd, step: Step): void {
  const view = step.model.views.get(name);
  const { subtype, def } = command;
  if (view === undefined || def === undefined || !("List" in def)) return;
  if (subtype !== "AT_SetRelOptions" && subtype !== "AT_ResetRelOptions") return;
  const options = optionsOf(def.List.items);
  const set = (option: string, now: boolean) => {
    const given = options.get(option);
    if (given === undefined) return now;
    return given && subtype === "AT_SetRelOptions";
  };
  const before = view.invoker;
  view.invoker = set("security_invoker", view.invoker);
  view.barrier = set("security_barrier", view.barrier);
  if (before && !view.invoker) view.place = step.place;
  forgetWhatIsBack(view);
}

function forgetWhatIsBack(view: View): void {
  if (view.invoker) view.lost.delete("security_invoker");
  if (view.barrier) view.lost.delete("security_barrier");
}

function optionsOf(nodes: readonly Node[] | undefined): Map<string, boolean> {
  const elements = (nodes ?? []).flatMap((node) => ("DefElem" in node ? [node.DefElem] : []));
  const known = elements.filter(({ defname }) => optionNames.some((name) => name === defname));
  return new Map(known.map((element) => [element.defname ?? "", isOn(element)]));
}

/** An option without a value is on. */
export function isOn({ arg }: DefElem): boolean {
  if (arg === undefined) return true;
  if ("Boolean" in arg) return arg.Boolean.boolval === true;
  if ("Integer" in arg) return arg.Integer.ival === 1;
  return "String" in arg && /^(on|true|yes|1)$/i.test(arg.String.sval ?? "");
}

export const viewEntries = [
  on("ViewStmt", createView),
  on("CreateTableAsStmt", createMaterialized),
];
