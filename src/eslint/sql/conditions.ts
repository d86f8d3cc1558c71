import type { Node } from "../../isolation/sql/parse.js";
import { wordsOf } from "../../isolation/sql/walk.js";

/** A table in a FROM, under the name that the statement calls it by. */
export interface Entry {
  readonly alias: string;
  readonly column: string;
}

/** What a condition makes sure of: these aliases have one tenant, or these two have the same one. */
export interface Facts {
  readonly fixed: ReadonlySet<string>;
  readonly same: readonly (readonly [string, string])[];
  /** Part of the condition is a hole: it may say anything. */
  readonly unknown: boolean;
}

export const nothing: Facts = { fixed: new Set(), same: [], unknown: false };

/** Both hold. */
export function both(a: Facts, b: Facts): Facts {
  return {
    fixed: new Set([...a.fixed, ...b.fixed]),
    same: [...a.same, ...b.same],
    unknown: a.unknown || b.unknown,
  };
}

/** One of the two holds: only what both say is sure. */
function either(a: Facts, b: Facts): Facts {
  return {
    fixed: new Set([...a.fixed].filter((alias) => b.fixed.has(alias))),
    same: a.same.filter((pair) => b.same.some((other) => other.join() === pair.join())),
    unknown: a.unknown && b.unknown,
  };
}

export function factsOf(condition: Node | undefined, entries: readonly Entry[]): Facts {
  if (condition === undefined) return nothing;
  if ("BoolExpr" in condition) {
    const { boolop, args } = condition.BoolExpr;
    const parts = (args ?? []).map((each) => factsOf(each, entries));
    if (boolop === "AND_EXPR") return parts.reduce(both, nothing);
    if (boolop === "OR_EXPR") return parts.reduce(either);
    return nothing;
  }
  if ("ParamRef" in condition) return { ...nothing, unknown: true };
  if ("TypeCast" in condition) return factsOf(condition.TypeCast.arg, entries);
  if ("SubLink" in condition) {
    const { subLinkType, testexpr } = condition.SubLink;
    return subLinkType === "ANY_SUBLINK" ? fixes(testexpr, entries) : nothing;
  }
  return "A_Expr" in condition ? comparison(condition.A_Expr, entries) : nothing;
}

const picking = ["AEXPR_OP", "AEXPR_OP_ANY", "AEXPR_IN", "AEXPR_NOT_DISTINCT"];

function comparison(
  { kind, name, lexpr, rexpr }: Extract<Node, { A_Expr: unknown }>["A_Expr"],
  entries: readonly Entry[],
): Facts {
  if (!picking.includes(kind ?? "") || wordsOf(name).at(-1) !== "=") return nothing;
  const rows = rowsOf(lexpr, rexpr);
  if (rows !== undefined) {
    return rows.map(([left, right]) => equality(left, right, entries)).reduce(both, nothing);
  }
  return equality(lexpr, rexpr, entries);
}

/** `(a, b) = (c, d)` is a pair of comparisons. */
function rowsOf(left: Node | undefined, right: Node | undefined) {
  if (left === undefined || right === undefined) return undefined;
  if (!("RowExpr" in left) || !("RowExpr" in right)) return undefined;
  const others = right.RowExpr.args ?? [];
  return (left.RowExpr.args ?? []).map((each, index) => [each, others[index]] as const);
}

function equality(
  left: Node | undefined,
  right: Node | undefined,
  entries: readonly Entry[],
): Facts {
  const [a, b] = [tenantSide(left, entries), tenantSide(right, entries)];
  // Compared with itself a column says nothing.
  if (a !== undefined && b !== undefined) return a === b ? nothing : { ...nothing, same: [[a, b]] };
  const fixed = a ?? b;
  const other = a === undefined ? left : right;
  if (fixed === undefined || isOwnColumn(other, entries)) return nothing;
  return { ...nothing, fixed: new Set([fixed]) };
}

function fixes(node: Node | undefined, entries: readonly Entry[]): Facts {
  const alias = tenantSide(node, entries);
  return alias === undefined ? nothing : { ...nothing, fixed: new Set([alias]) };
}

/** The alias whose tenant column this is. */
function tenantSide(node: Node | undefined, entries: readonly Entry[]): string | undefined {
  const words = columnWords(node);
  const [column, alias] = [words.at(-1), words.at(-2)];
  if (column === undefined) return undefined;
  const fitting = entries.filter((entry) => entry.column === column);
  return (alias === undefined ? fitting[0] : fitting.find((entry) => entry.alias === alias))?.alias;
}

/** Another column of a table in the same FROM, which says nothing of the tenant. */
function isOwnColumn(node: Node | undefined, entries: readonly Entry[]): boolean {
  const words = columnWords(node);
  if (words.length === 0) return false;
  return words.length === 1 || entries.some(({ alias }) => alias === words.at(-2));
}

function columnWords(node: Node | undefined): string[] {
  if (node === undefined) return [];
  if ("TypeCast" in node) return columnWords(node.TypeCast.arg);
  return "ColumnRef" in node ? wordsOf(node.ColumnRef.fields) : [];
}
