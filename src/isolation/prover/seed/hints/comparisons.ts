import type { Node } from "../../../sql/parse.js";
import { wordsOf } from "../../../sql/walk.js";

/** One place in a condition where a column meets constants: `length(code) >= 3`, `kind = ANY ('{a,b}')`. */
export interface Comparison {
  readonly column: string;
  /** As `=`, `<`, `~`; the function's name where a function is the condition. */
  readonly operator: string;
  readonly constants: readonly string[];
  /** Functions and operators that the column goes through before it is compared, as `length`, `%`. */
  readonly through: readonly string[];
  /** The keys by which a part of a JSON document is compared. */
  readonly path: readonly string[];
}

interface Operand {
  readonly column: string;
  readonly through: readonly string[];
  readonly path: readonly string[];
}

interface Found {
  readonly operands: Operand[];
  readonly constants: string[];
}

const pathOperators = new Set(["->", "->>", "#>", "#>>"]);
const arithmetic = new Set(["+", "-", "*", "/", "%", "||", "&", "|", "#", "<<", ">>", "^"]);

export function comparisons(tree: Node | undefined): Comparison[] {
  const result: Comparison[] = [];
  const visit = (node: unknown): void => {
    if (Array.isArray(node)) return node.forEach(visit);
    if (typeof node !== "object" || node === null) return;
    for (const [kind, value] of Object.entries(node as Record<string, Record<string, unknown>>)) {
      if (kind === "A_Expr" || kind === "FuncCall") result.push(...comparisonsAt(kind, value));
      visit(value);
    }
  };
  visit(tree);
  return result;
}

function comparisonsAt(kind: string, value: Record<string, unknown>): Comparison[] {
  const isCall = kind === "FuncCall";
  const name = wordsOf((isCall ? value.funcname : value.name) as Node[]).at(-1) ?? "";
  if (!isCall && (arithmetic.has(name) || pathOperators.has(name))) return [];
  const found: Found = { operands: [], constants: [] };
  gather(isCall ? value.args : [value.lexpr, value.rexpr], [], [], found);
  return found.operands.map((operand) => ({
    ...operand,
    operator: name,
    constants: found.constants,
  }));
}

function gather(
  node: unknown,
  through: readonly string[],
  path: readonly string[],
  found: Found,
): void {
  if (Array.isArray(node)) return node.forEach((item) => gather(item, through, path, found));
  if (typeof node !== "object" || node === null) return;
  for (const [kind, value] of Object.entries(node as Record<string, Record<string, unknown>>)) {
    if (kind === "ColumnRef") {
      found.operands.push({ column: wordsOf(value.fields as Node[]).at(-1) ?? "", through, path });
    } else if (kind === "A_Const") {
      found.constants.push(...constantOf(value));
    } else if (kind === "TypeCast") {
      gatherCast(value, through, path, found);
    } else if (kind === "FuncCall") {
      const name = wordsOf(value.funcname as Node[]).at(-1) ?? "";
      gather(value.args, [...through, name], path, found);
    } else if (kind === "A_Expr") {
      gatherOperator(value, through, path, found);
    } else if (kind !== "typeName") {
      gather(value, through, path, found);
    }
  }
}

/** `'{a,b}'::text[]` holds two constants. */
function gatherCast(
  value: Record<string, unknown>,
  through: readonly string[],
  path: readonly string[],
  found: Found,
): void {
  const inner: Found = { operands: [], constants: [] };
  gather(value.arg, through, path, inner);
  const isArray =
    ((value.typeName as { arrayBounds?: unknown[] } | undefined)?.arrayBounds ?? []).length > 0;
  found.operands.push(...inner.operands);
  for (const constant of inner.constants) {
    found.constants.push(...(isArray ? elementsOf(constant) : [constant]));
  }
}

function gatherOperator(
  value: Record<string, unknown>,
  through: readonly string[],
  path: readonly string[],
  found: Found,
): void {
  const name = wordsOf(value.name as Node[]).at(-1) ?? "";
  if (pathOperators.has(name)) {
    const keys: Found = { operands: [], constants: [] };
    gather(value.rexpr, [], [], keys);
    gather(value.lexpr, through, [...keys.constants, ...path], found);
  } else if (name === "-" && value.lexpr === undefined) {
    const inner: Found = { operands: [], constants: [] };
    gather(value.rexpr, through, path, inner);
    found.operands.push(...inner.operands);
    found.constants.push(...inner.constants.map((constant) => `-${constant}`));
  } else {
    gather([value.lexpr, value.rexpr], [...through, name], path, found);
  }
}

interface Constant {
  readonly sval?: { readonly sval?: string };
  readonly ival?: { readonly ival?: number };
  readonly fval?: { readonly fval?: string };
  readonly boolval?: { readonly boolval?: boolean };
}

/** The parser leaves out what is empty, zero or false. */
function constantOf({ sval, ival, fval, boolval }: Constant): string[] {
  if (sval !== undefined) return [sval.sval ?? ""];
  if (ival !== undefined) return [String(ival.ival ?? 0)];
  if (fval !== undefined) return [fval.fval ?? "0"];
  if (boolval !== undefined) return [String(boolval.boolval ?? false)];
  return [];
}

function elementsOf(text: string): string[] {
  const inside = /^\{(.*)\}$/s.exec(text)?.[1];
  if (inside === undefined) return [text];
  return [...inside.matchAll(/"((?:[^"\\]|\\.)*)"|([^,]+)/g)].map(
    ([, quotedText, bare]) => quotedText?.replace(/\\(.)/g, "$1") ?? bare ?? "",
  );
}
