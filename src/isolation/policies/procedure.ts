import type { DatabaseFunction } from "../catalog/functions.js";
import { parseExpression, type Node } from "../sql/parse.js";
import { nodesOfExpression, plpgsqlTree, type PlpgsqlExpression } from "../sql/plpgsql.js";

/** One RETURN of a PL/pgSQL function. */
export interface ReturnPath {
  /** The conditions of the IFs around it, those of an ELSE left out. */
  readonly conditions: readonly Node[];
  readonly result: Node;
  /** What its variables can hold: every expression that is assigned to each. */
  readonly variables: ReadonlyMap<string, readonly Node[]>;
}

interface Reading {
  readonly names: readonly string[];
  readonly variables: Map<string, Node[]>;
  readonly returns: { readonly conditions: readonly Node[]; readonly result: Node }[];
}

type Plain = Record<string, unknown>;

/** Thrown inside for what is beyond this reader: loops, EXECUTE, cursors. */
class TooMuch extends Error {}

/** Reads a body of declarations, assignments, IFs, RAISEs and RETURNs; undefined for anything more. */
export function readProcedure(called: DatabaseFunction): readonly ReturnPath[] | undefined {
  const tree = called.declaration === null ? undefined : plpgsqlTree(called.declaration);
  const { plpgsql_funcs: functions } = (tree ?? {}) as { plpgsql_funcs?: readonly Plain[] };
  const found = functions?.[0]?.PLpgSQL_function as Plain | undefined;
  try {
    return found === undefined ? undefined : pathsOf(found);
  } catch (error) {
    if (error instanceof TooMuch) return undefined;
    throw error;
  }
}

function pathsOf(found: Plain): readonly ReturnPath[] {
  const datums = (found.datums ?? []) as readonly Plain[];
  const variables = datums.map((each) => (each.PLpgSQL_var ?? {}) as Plain);
  const reading: Reading = {
    names: variables.map(({ refname }) => (typeof refname === "string" ? refname : "")),
    variables: new Map(),
    returns: [],
  };
  for (const { refname, default_val: value } of variables) {
    if (value !== undefined) assign(reading, refname as string, expressionOf(value));
  }
  readStatements([found.action as Plain], [], reading);
  return reading.returns.map((each) => ({ ...each, variables: reading.variables }));
}

function readStatements(
  statements: readonly Plain[],
  conditions: readonly Node[],
  reading: Reading,
) {
  for (const statement of statements) {
    const [kind = "", value] = Object.entries(statement)[0] ?? [];
    readStatement(kind, value as Plain, conditions, reading);
  }
}

function readStatement(kind: string, value: Plain, conditions: readonly Node[], reading: Reading) {
  const list = (name: string) => (value[name] ?? []) as readonly Plain[];
  switch (kind) {
    case "PLpgSQL_stmt_block":
      readStatements(list("body"), conditions, reading);
      return readHandlers(value.exceptions, conditions, reading);
    case "PLpgSQL_stmt_if":
      readStatements(list("then_body"), [...conditions, expressionOf(value.cond)], reading);
      for (const each of list("elsif_list")) {
        const branch = each.PLpgSQL_if_elsif as Plain;
        const further = [...conditions, expressionOf(branch.cond)];
        readStatements((branch.stmts ?? []) as readonly Plain[], further, reading);
      }
      return readStatements(list("else_body"), conditions, reading);
    case "PLpgSQL_stmt_raise":
    case "PLpgSQL_stmt_perform":
      return;
    case "PLpgSQL_stmt_assign": {
      const name = reading.names[value.varno as number] ?? "";
      return assign(reading, name, expressionOf(value.expr));
    }
    case "PLpgSQL_stmt_execsql":
      return readInto(value, reading);
    case "PLpgSQL_stmt_return":
      if (value.expr === undefined) return;
      reading.returns.push({ conditions, result: expressionOf(value.expr) });
      return;
    default:
      throw new TooMuch();
  }
}

function readHandlers(exceptions: unknown, conditions: readonly Node[], reading: Reading) {
  if (exceptions === undefined) return;
  const block = (exceptions as Plain).PLpgSQL_exception_block as Plain;
  for (const each of (block.exc_list ?? []) as readonly Plain[]) {
    const handler = each.PLpgSQL_exception as Plain;
    readStatements((handler.action ?? []) as readonly Plain[], conditions, reading);
  }
}

/** SELECT one expression INTO one variable is an assignment of a sub-select. */
function readInto(value: Plain, reading: Reading) {
  const target = (value.target as Plain | undefined)?.PLpgSQL_row as Plain | undefined;
  const [field, ...more] = (target?.fields ?? []) as readonly { readonly name?: string }[];
  const query = pieceOf(value.sqlstmt).query?.trim().replace(/;$/, "");
  const node = query === undefined ? undefined : parseExpression(`(${query})`);
  if (value.into !== true || field?.name === undefined || more.length > 0) throw new TooMuch();
  if (node === undefined) throw new TooMuch();
  assign(reading, field.name, node);
}

function assign(reading: Reading, name: string, node: Node) {
  const before = reading.variables.get(name);
  if (before === undefined) reading.variables.set(name, [node]);
  else before.push(node);
}

function expressionOf(value: unknown): Node {
  const [node] = nodesOfExpression(pieceOf(value)) ?? [];
  if (node === undefined) throw new TooMuch();
  return node;
}

function pieceOf(value: unknown): PlpgsqlExpression {
  const expression = (value as Plain | undefined)?.PLpgSQL_expr;
  if (expression === undefined) throw new TooMuch();
  return expression as PlpgsqlExpression;
}
