import type { DatabaseFunction } from "../catalog/functions.js";
import { nameOf } from "../catalog/names.js";
import { statementsOf } from "../catalog/function-body.js";
import type { Node } from "../sql/parse.js";
import { wordsOf } from "../sql/walk.js";
import { readProcedure, type ReturnPath } from "./procedure.js";
import type { Argument, Scope } from "./range.js";

export type Call = Extract<Node, { FuncCall: unknown }>["FuncCall"];

/** Bodies inside of bodies are read to this depth. */
const deepest = 4;

/** A body to be read in place of a call: a query, or the ways on which a procedure returns. */
export type Body =
  | { readonly kind: "query"; readonly select: Node; readonly scope: Scope }
  | { readonly kind: "paths"; readonly paths: readonly ReturnPath[]; readonly scope: Scope };

/** The function that is called, where it is one of the database's own rather than PostgreSQL's. */
export function calledFunction(
  call: Call,
  { analysis, depth }: Scope,
): DatabaseFunction | undefined {
  const words = wordsOf(call.funcname);
  const name = words.at(-1);
  const schema = words.length > 1 ? words.at(-2) : undefined;
  // The catalogs write PostgreSQL's own without a schema and all others with theirs; bodies write what they like.
  if (schema === undefined && depth === 0) return undefined;
  const count = call.args?.length ?? 0;
  const fitting = [...analysis.subject.catalog.functions.values()].filter(
    (each) =>
      each.name === name &&
      (schema === undefined || each.schema === schema) &&
      each.argumentCount >= count,
  );
  const exact = fitting.filter(({ argumentCount }) => argumentCount === count);
  const candidates = exact.length > 0 ? exact : fitting;
  return candidates.length === 1 ? candidates[0] : undefined;
}

/** Reads a function's body with its arguments put in; undefined where that cannot be done. */
export function calledBody(called: DatabaseFunction, call: Call, scope: Scope): Body | undefined {
  if (scope.depth >= deepest) return undefined;
  const within = scopeWithin(called, call, scope);
  if (called.language === "sql") {
    const select = queryOf(called);
    return select === undefined ? undefined : { kind: "query", select, scope: within };
  }
  if (called.language !== "plpgsql") return undefined;
  const paths = readProcedure(called);
  return paths === undefined ? undefined : { kind: "paths", paths, scope: within };
}

function scopeWithin(called: DatabaseFunction, call: Call, scope: Scope): Scope {
  const { roles } = scope.analysis.subject.catalog;
  const parameters = new Map<string, readonly Argument[]>();
  const names = parameterNames(called);
  for (const [index, given] of (call.args ?? []).entries()) {
    const named = "NamedArgExpr" in given ? given.NamedArgExpr : undefined;
    const position = named?.name === undefined ? index : names.indexOf(named.name);
    const argument = [{ node: named?.arg ?? given, scope }];
    parameters.set(`$${position + 1}`, argument);
    const name = names[position];
    if (name !== undefined && name !== "") parameters.set(name, argument);
  }
  return {
    analysis: scope.analysis,
    ranges: [],
    parameters,
    executor: called.securityDefiner ? (roles.get(called.owner) ?? scope.executor) : scope.executor,
    depth: scope.depth + 1,
    resolving: scope.resolving,
    named: new Map(),
  };
}

/** `p_org uuid, uuid` → `["p_org", ""]`. */
function parameterNames(called: DatabaseFunction): readonly string[] {
  if (called.arguments === "") return [];
  return called.arguments.split(", ").map((each) => {
    const words = each.replace(/^(IN|INOUT|VARIADIC) /, "").split(" ");
    return words.length > 1 && !typeStarts.has(words[0]!) ? words[0]!.replaceAll('"', "") : "";
  });
}

const typeStarts = new Set(["character", "double", "timestamp", "time", "bit"]);

function queryOf(called: DatabaseFunction): Node | undefined {
  const [node, ...more] = statementsOf(called) ?? [];
  return node !== undefined && more.length === 0 && "SelectStmt" in node ? node : undefined;
}

/** For messages and for `context.functions`. */
export function functionName(called: DatabaseFunction): string {
  return nameOf(called);
}
