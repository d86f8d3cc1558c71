import { parseExpression, type Node } from "../../../sql/parse.js";

/** A node of the tree that PostgreSQL's reader of PL/pgSQL gives: its kind and what it holds. */
export interface PlNode {
  readonly kind: string;
  readonly parts: Readonly<Record<string, unknown>>;
  /** Of the body, from 1. */
  readonly line: number;
}

export function nodeOf(value: unknown): PlNode | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const [entry] = Object.entries(value);
  if (entry === undefined) return undefined;
  const parts = (entry[1] ?? {}) as Record<string, unknown>;
  const line = typeof parts["lineno"] === "number" ? parts["lineno"] : 1;
  return { kind: entry[0].replace(/^PLpgSQL_(stmt_)?/, ""), parts, line };
}

export function nodesOf(list: unknown): PlNode[] {
  return Array.isArray(list) ? list.flatMap((item) => nodeOf(item) ?? []) : [];
}

export function queryOf(expression: unknown): string | undefined {
  const query = nodeOf(expression)?.parts["query"];
  return typeof query === "string" ? query : undefined;
}

export function expressionOf(expression: unknown): Node | undefined {
  const query = queryOf(expression);
  return query === undefined ? undefined : parseExpression(query);
}
