import { parsePlPgSQLSync } from "libpg-query";
import type { Catalog } from "../catalog/catalog.js";
import type { DatabaseFunction } from "../catalog/functions.js";
import { parseExpression, parseSql } from "../sql/parse.js";
import { walk, wordsOf } from "../sql/walk.js";
import type { Node } from "../sql/parse.js";

/** Reads a body of SQL or PL/pgSQL; what is EXECUTEd as text is not seen. */
export function piecesOf(called: DatabaseFunction): readonly unknown[] | undefined {
  if (called.language === "sql") {
    const parsed = parseSql(called.source);
    return "problem" in parsed ? undefined : parsed.statements.map(({ node }) => node);
  }
  if (called.language !== "plpgsql") return undefined;
  try {
    const kind = called.kind === "procedure" ? "procedure" : "function";
    const returns = kind === "procedure" ? "" : `returns ${called.returns}`;
    const tree = parsePlPgSQLSync(
      `create ${kind} f(${called.arguments}) ${returns} language plpgsql as ${quote(called.source)}`,
    );
    return queriesIn(tree).flatMap((query) => pieceOf(query));
  } catch {
    return undefined;
  }
}

function queriesIn(tree: unknown): string[] {
  const found: string[] = [];
  walk(tree, (kind, value) => {
    if (kind === "PLpgSQL_expr" && typeof value["query"] === "string") found.push(value["query"]);
    return undefined;
  });
  return found;
}

function pieceOf(query: string): readonly unknown[] {
  const expression = parseExpression(query.replace(/^\s*"?\w+"?\s*:=\s*/, ""));
  if (expression !== undefined) return [expression];
  const parsed = parseSql(query);
  return "problem" in parsed ? [] : parsed.statements.map(({ node }) => node);
}

function quote(source: string): string {
  let mark = "$body$";
  while (source.includes(mark)) mark = mark.replace("$body", "$body_");
  return `${mark}${source}${mark}`;
}

/** A call in an expression: its words, and its arguments. */
export interface FoundCall {
  readonly words: readonly string[];
  readonly args: readonly Node[];
}

export function callsIn(piece: unknown): readonly FoundCall[] {
  const found: FoundCall[] = [];
  walk(piece, (kind, value) => {
    if (kind === "FuncCall") {
      found.push({
        words: wordsOf(value["funcname"] as Node[]),
        args: (value["args"] ?? []) as Node[],
      });
    }
    return undefined;
  });
  return found;
}

/** The tables that stand in FROM, with their schema where it is written. */
export function tablesIn(piece: unknown): readonly { schema?: string; name: string }[] {
  const found: { schema?: string; name: string }[] = [];
  const named = new Set<unknown>();
  walk(piece, (kind, value) => {
    if (kind === "CommonTableExpr") named.add(value["ctename"]);
    if (kind === "RangeVar" && typeof value["relname"] === "string") {
      const schema = value["schemaname"];
      found.push({ name: value["relname"], ...(typeof schema === "string" ? { schema } : {}) });
    }
    return undefined;
  });
  return found.filter(({ schema, name }) => schema !== undefined || !named.has(name));
}

/** The functions of the database's own that policies call, and those that these call in turn. */
export function policyHelpers(catalog: Catalog): readonly DatabaseFunction[] {
  const found = new Set<DatabaseFunction>();
  const add = (piece: unknown, isBody: boolean) => {
    for (const { words } of callsIn(piece)) {
      const name = words.at(-1);
      const schema = words.length > 1 ? words.at(-2) : undefined;
      if (schema === undefined && !isBody) continue;
      for (const each of catalog.functions.values()) {
        if (each.name === name && (schema === undefined || each.schema === schema)) found.add(each);
      }
    }
  };
  for (const { policies } of catalog.relations.values()) {
    for (const { using, check } of policies) {
      for (const text of [using, check]) if (text !== null) add(parseExpression(text), false);
    }
  }
  // A set gives what is added to it while it is gone through.
  for (const helper of found) for (const piece of piecesOf(helper) ?? []) add(piece, true);
  return [...found];
}
