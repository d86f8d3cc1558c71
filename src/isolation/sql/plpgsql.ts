import { parsePlPgSQLSync } from "libpg-query";
import { parseExpression, parseSql, type Node } from "./parse.js";
import { remembered } from "./remembered.js";

/** What the body of a PL/pgSQL function holds. */
export interface PlpgsqlBody {
  /** Statements and expressions, in the order of the text. */
  readonly nodes: readonly Node[];
  /** The expressions whose text EXECUTE runs. */
  readonly executed: readonly Node[];
}

/** The parser's tree of a function, as it comes; undefined where it cannot be read. */
export function plpgsqlTree(declaration: string): unknown {
  try {
    return parsePlPgSQLSync(declaration);
  } catch {
    return undefined;
  }
}

/**
 * Reads the body of a function.
 * @param declaration CREATE FUNCTION as a whole
 * @returns undefined where it, or a piece of it, cannot be read
 */
export const parsePlpgsql = remembered((declaration: string): PlpgsqlBody | undefined => {
  const tree = plpgsqlTree(declaration);
  if (tree === undefined) return undefined;
  const body: { nodes: Node[]; executed: Node[]; readable: boolean } = {
    nodes: [],
    executed: [],
    readable: true,
  };
  collect(tree, "", body);
  return body.readable ? body : undefined;
});

const dynamic = /^PLpgSQL_stmt_(dynexecute|dynfors)$/;

function collect(
  value: unknown,
  above: string,
  body: { nodes: Node[]; executed: Node[]; readable: boolean },
): void {
  if (Array.isArray(value)) {
    for (const item of value) collect(item, above, body);
    return;
  }
  if (typeof value !== "object" || value === null) return;
  for (const [name, below] of Object.entries(value)) {
    if (name !== "PLpgSQL_expr") {
      // `query` and `dynquery` are the texts that are run; what is beside them is not.
      const isText = (dynamic.test(above) && name === "query") || name === "dynquery";
      collect(below, isText ? "executed" : /^PLpgSQL_/.test(name) ? name : dropped(above), body);
      continue;
    }
    const nodes = nodesOfExpression(below as PlpgsqlExpression);
    if (nodes === undefined) body.readable = false;
    else body.nodes.push(...nodes);
    if (above === "executed") body.executed.push(...(nodes ?? []));
  }
}

/** A list inside a statement is no text that is run. */
function dropped(above: string): string {
  return above === "executed" || dynamic.test(above) ? above : "";
}

/** A piece of SQL in the tree, below `PLpgSQL_expr`. */
export interface PlpgsqlExpression {
  readonly query?: string;
  /** 0 a statement, 2 an expression, 3 and above an assignment. */
  readonly parseMode?: number;
}

/** Of an assignment, what is assigned. */
export function nodesOfExpression({
  query = "",
  parseMode = 0,
}: PlpgsqlExpression): readonly Node[] | undefined {
  if (parseMode === 0) {
    const parsed = parseSql(query);
    return "problem" in parsed ? undefined : parsed.statements.map(({ node }) => node);
  }
  const text = parseMode >= 3 ? query.replace(/^[^=]*?:?=/, "") : query;
  const expression = parseExpression(text);
  return expression === undefined ? undefined : [expression];
}
