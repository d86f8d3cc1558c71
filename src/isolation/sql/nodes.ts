import type { Node } from "./parse.js";
import { walk, wordsOf } from "./walk.js";

export interface Call {
  /** Of its name: `["auth", "uid"]`, `["current_setting"]`. */
  readonly words: readonly string[];
  readonly args: readonly Node[];
}

/** Every function call below a node, or below several. */
export function callsIn(nodes: unknown): readonly Call[] {
  const calls: Call[] = [];
  walk(nodes, (kind, value) => {
    if (kind === "FuncCall") calls.push(callOf(value));
    return undefined;
  });
  return calls;
}

export function callOf(call: Readonly<Record<string, unknown>>): Call {
  const { funcname, args } = call as { funcname?: Node[]; args?: Node[] };
  return { words: wordsOf(funcname), args: args ?? [] };
}

export interface TableName {
  /** Undefined where it is not written. */
  readonly schema: string | undefined;
  readonly name: string;
}

/** The tables and views that statements read or write; names that WITH makes are left out. */
export function tablesIn(nodes: unknown): readonly TableName[] {
  const local = new Set<unknown>();
  const found: TableName[] = [];
  const add = (value: unknown) => {
    if (typeof value !== "object" || value === null || !("relname" in value)) return;
    const { schemaname, relname } = value as { schemaname?: string; relname: string };
    found.push({ schema: schemaname, name: relname });
  };
  walk(nodes, (kind, value) => {
    if (kind === "CommonTableExpr") local.add(value["ctename"]);
    if (kind === "RangeVar") add(value);
    // INSERT, UPDATE, DELETE and MERGE hold theirs without the wrapping of a node.
    add(value["relation"]);
    return undefined;
  });
  return found.filter(({ schema, name }) => schema !== undefined || !local.has(name));
}

/** What stands beneath casts. */
export function uncast(node: Node): Node {
  return "TypeCast" in node && node.TypeCast.arg !== undefined ? uncast(node.TypeCast.arg) : node;
}

/** The text of a literal, cast or not. */
export function textOf(node: Node | undefined): string | undefined {
  if (node === undefined) return undefined;
  const bare = uncast(node);
  if ("String" in bare) return bare.String.sval ?? "";
  if (!("A_Const" in bare) || bare.A_Const.sval === undefined) return undefined;
  return bare.A_Const.sval.sval ?? "";
}

/** The last word of a column's name, beneath casts; undefined: no column. */
export function columnOf(node: Node | undefined): string | undefined {
  if (node === undefined) return undefined;
  const bare = uncast(node);
  return "ColumnRef" in bare ? wordsOf(bare.ColumnRef.fields).at(-1) : undefined;
}

/** Whether a node of one of these kinds stands in it. */
export function mentions(node: unknown, kinds: readonly string[]): boolean {
  return someIn(node, (kind) => kinds.includes(kind));
}

/** Whether a column of this name, of whatever table, stands in it. */
export function mentionsColumn(node: unknown, name: string): boolean {
  return someIn(
    node,
    (kind, value) =>
      kind === "ColumnRef" && wordsOf(value["fields"] as Node[] | undefined).at(-1) === name,
  );
}

function someIn(
  node: unknown,
  test: (kind: string, value: Record<string, unknown>) => boolean,
): boolean {
  let found = false;
  walk([node], (kind, value) => {
    found ||= test(kind, value);
    return !found;
  });
  return found;
}
