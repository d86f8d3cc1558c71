import type { DefElem, FunctionParameter, ObjectWithArgs, VariableSetStmt } from "libpg-query";
import { wordsOf } from "../../sql/walk.js";
import type { Node } from "../../sql/parse.js";
import type { Model, SqlFunction } from "../model/model.js";
import { isOn } from "./views.js";
import { textOf } from "../../sql/nodes.js";
import { qualified, schemaOf, typeName } from "./names.js";
import { on, type NodeOf, type Step } from "./step.js";

interface Signature {
  readonly name: string;
  /** Undefined: the statement names no arguments, so whichever has the name. */
  readonly types: string | undefined;
}

export function signatureOf({ objname, objargs, args_unspecified }: ObjectWithArgs): Signature {
  const types = (objargs ?? []).flatMap((node) =>
    "TypeName" in node ? [typeName(node.TypeName)] : [],
  );
  const name = qualified(wordsOf(objname));
  return { name, types: args_unspecified === true ? undefined : types.join(",") };
}

export function functionsAt(model: Model, { name, types }: Signature): SqlFunction[] {
  return [...model.functions.values()].filter(
    (each) => each.name === name && (types === undefined || each.signature === types),
  );
}

function createFunction(statement: NodeOf<"CreateFunctionStmt">, step: Step): void {
  const { model, place } = step;
  const name = qualified(wordsOf(statement.funcname));
  const signature = argumentTypes(statement.parameters);
  const key = `${name}(${signature})`;
  const before = model.functions.get(key);
  const closed = model.closedToPublic.has("*") || model.closedToPublic.has(schemaOf(name));
  const made: SqlFunction = {
    name,
    signature,
    definer: false,
    immutable: false,
    isTrigger: /^(event_)?trigger$/.test(typeName(statement.returnType)),
    searchPath: undefined,
    parameters: inputsOf(statement.parameters).map(({ name: given, argType }) =>
      [...(given === undefined ? [] : [given]), typeName(argType)].join(" "),
    ),
    language: textOf(optionOf(statement, "language")) ?? "sql",
    body: bodyOf(statement),
    statement: step.text,
    bound: statement.sql_body !== undefined,
    // CREATE OR REPLACE keeps the privileges, and nothing else.
    executors: before?.executors ?? new Set(closed ? [] : ["public"]),
    place,
  };
  for (const option of elementsOf(statement.options)) applyOption(made, option);
  model.functions.set(key, made);
}

function argumentTypes(parameters: readonly Node[] | undefined): string {
  return inputsOf(parameters)
    .map(({ argType }) => typeName(argType))
    .join(",");
}

function inputsOf(parameters: readonly Node[] | undefined): FunctionParameter[] {
  return (parameters ?? []).flatMap((node) => {
    if (!("FunctionParameter" in node)) return [];
    const { mode } = node.FunctionParameter;
    const isOutput = mode === "FUNC_PARAM_OUT" || mode === "FUNC_PARAM_TABLE";
    return isOutput ? [] : [node.FunctionParameter];
  });
}

function alterFunction(statement: NodeOf<"AlterFunctionStmt">, step: Step): void {
  for (const each of functionsAt(step.model, signatureOf(statement.func ?? {}))) {
    for (const option of elementsOf(statement.actions)) applyOption(each, option);
  }
}

function applyOption(made: SqlFunction, option: DefElem): void {
  const { defname, arg } = option;
  if (defname === "security") made.definer = isOn(option);
  if (defname === "volatility") made.immutable = textOf(arg) === "immutable";
  if (defname === "set" && arg !== undefined && "VariableSetStmt" in arg) {
    applySetting(made, arg.VariableSetStmt);
  }
}

function applySetting(made: SqlFunction, { kind, name, args }: VariableSetStmt): void {
  if (kind === "VAR_RESET_ALL") made.searchPath = undefined;
  if (name !== "search_path") return;
  if (kind === "VAR_SET_VALUE") made.searchPath = (args ?? []).map((each) => textOf(each) ?? "");
  else made.searchPath = undefined;
}

function bodyOf(statement: NodeOf<"CreateFunctionStmt">): string {
  if (statement.sql_body !== undefined) return JSON.stringify(statement.sql_body);
  const as = optionOf(statement, "as");
  const parts = as !== undefined && "List" in as ? (as.List.items ?? []) : [];
  return parts.map((part) => textOf(part) ?? "").join("\n");
}

function optionOf({ options }: NodeOf<"CreateFunctionStmt">, name: string): Node | undefined {
  return elementsOf(options).find(({ defname }) => defname === name)?.arg;
}

function elementsOf(nodes: readonly Node[] | undefined): DefElem[] {
  return (nodes ?? []).flatMap((node) => ("DefElem" in node ? [node.DefElem] : []));
}

export const functionEntries = [
  on("CreateFunctionStmt", createFunction),
  on("AlterFunctionStmt", alterFunction),
];
