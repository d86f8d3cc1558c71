import type { Node } from "./parse.js";

/** The one kind of a node and what it holds, as `["ColumnRef", {…}]`. */
export type Visit = (kind: string, value: Record<string, unknown>) => boolean | undefined;

/**
 * Goes through everything below `node`, outermost first. Where `visit` answers false, what is below
 * that node is left out.
 */
export function walk(node: unknown, visit: Visit): void {
  if (Array.isArray(node)) {
    for (const item of node) walk(item, visit);
    return;
  }
  if (typeof node !== "object" || node === null) return;
  for (const [name, value] of Object.entries(node)) {
    if (typeof value !== "object" || value === null) continue;
    const isNode = /^[A-Z]/.test(name) && !Array.isArray(value);
    if (isNode && visit(name, value as Record<string, unknown>) === false) continue;
    walk(value, visit);
  }
}

/** The words of a name in the tree: `[{String: {sval: "a"}}, {String: {sval: "b"}}]` is `["a", "b"]`. */
export function wordsOf(names: readonly Node[] | undefined): string[] {
  return (names ?? []).map((name) => ("String" in name ? (name.String.sval ?? "") : "*"));
}
