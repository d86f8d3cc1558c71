import type { Node } from "../sql/parse.js";
import { wordsOf } from "../sql/walk.js";
import type { ContextValue, Value } from "./atom.js";
import { derive } from "./derive.js";
import { all, always } from "./formula.js";
import { calledBody, calledFunction, functionName, type Body, type Call } from "./functions.js";
import { rowsOfQuery } from "./queries.js";
import { pathScope, type Possible, type Scope } from "./range.js";
import { show } from "./show.js";
import { tenantryValue } from "./tenantry.js";

/** What a call gives: of PostgreSQL's own functions, of the tenant's, or of a helper whose body is read. */
export function callValues(
  node: Extract<Node, { FuncCall: unknown }>,
  scope: Scope,
): readonly Possible[] {
  const call = node.FuncCall;
  const text = show(node);
  const known = settingValue(call, text, scope) ?? passedThrough(call, scope);
  if (known !== undefined) return known;
  const called = calledFunction(call, scope);
  if (called === undefined) {
    const told = wordsOf(call.funcname).join(".");
    if (scope.analysis.subject.context.functions.includes(told)) {
      return [{ value: contextOf(text, { kind: "function", name: told }), given: always }];
    }
    const isOwn = wordsOf(call.funcname).length > 1 && wordsOf(call.funcname)[0] !== "pg_catalog";
    return isOwn ? opaqueCall(call, text) : derive(text, call.args ?? [], scope);
  }
  const name = functionName(called);
  const own = tenantryValue(name, text);
  if (own !== undefined) return [{ value: own, given: always }];
  const body = calledBody(called, call, scope);
  return body === undefined ? opaqueCall(call, text) : bodyValues(body);
}

function bodyValues(body: Body): readonly Possible[] {
  if (body.kind === "query") return rowsOfQuery(body.select, body.scope);
  return body.paths.flatMap((path) => {
    const scope = pathScope(body.scope, path.variables);
    const { condition, values } = scope.analysis.readers;
    const conditions = path.conditions.map((each) => condition(each, scope, false));
    return values(path.result, scope).map(({ value, given }) => ({
      value,
      given: all([...conditions, given]),
    }));
  });
}

function settingValue(call: Call, text: string, scope: Scope): readonly Possible[] | undefined {
  if (wordsOf(call.funcname).at(-1) !== "current_setting") return undefined;
  const [first] = call.args ?? [];
  const found = first === undefined ? [] : scope.analysis.readers.values(first, scope);
  return found.map(({ value, given }) => ({
    given,
    value:
      value.kind === "constant" && value.value !== null
        ? { ...contextOf(text, { kind: "setting", name: value.value }), emptyIsNull: false }
        : ({ kind: "opaque", text, columns: false } satisfies Value),
  }));
}

/** Functions that hand on what they are given, one of many. */
function passedThrough(call: Call, scope: Scope): readonly Possible[] | undefined {
  const name = wordsOf(call.funcname).at(-1) ?? "";
  const [first] = call.args ?? [];
  if (first === undefined) return undefined;
  const { values, elements } = scope.analysis.readers;
  if (["array_agg", "min", "max", "any_value"].includes(name)) return values(first, scope);
  return name === "unnest" ? elements(first, scope) : undefined;
}

function contextOf(text: string, source: ContextValue["sources"][number]): ContextValue {
  return { kind: "context", text, sources: [source], emptyIsNull: true };
}

function opaqueCall(call: Call, text: string): readonly Possible[] {
  const columns = (call.args ?? []).some((each) => !("A_Const" in each));
  return [{ value: { kind: "opaque", text, columns }, given: always }];
}
