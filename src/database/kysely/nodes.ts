import { tenantParameter } from "../orm/tenant-parameter.js";
import type { KyselyNode } from "./slices.js";

/** A node with its properties, which are looked at one by one. */
export type Node = KyselyNode & Readonly<Record<string, unknown>>;

export function isNode(value: unknown): value is Node {
  return typeof value === "object" && value !== null && typeof (value as Node).kind === "string";
}

export const nodesOf = (value: unknown): readonly Node[] =>
  Array.isArray(value) ? value.filter(isNode) : [];

/** With children, in properties and in lists, that are what `change` makes of them. */
export function mapChildren(node: Node, change: (child: Node) => Node): Node {
  let copy: Record<string, unknown> | null = null;
  for (const name of Object.keys(node)) {
    const value = node[name];
    if (typeof value !== "object" || value === null) continue;
    const changed = Array.isArray(value) ? mapList(value, change) : mapOne(value, change);
    if (changed !== value) (copy ??= { ...node })[name] = changed;
  }
  return copy === null ? node : (copy as Node);
}

const mapOne = (value: unknown, change: (child: Node) => Node): unknown =>
  isNode(value) ? change(value) : value;

function mapList(list: readonly unknown[], change: (child: Node) => Node): readonly unknown[] {
  let copy: unknown[] | null = null;
  for (const [at, item] of list.entries()) {
    const changed = mapOne(item, change);
    if (changed !== item) (copy ??= [...list])[at] = changed;
  }
  return copy ?? list;
}

export const identifier = (name: string): Node => ({ kind: "IdentifierNode", name });

export const columnNode = (name: string): Node => ({
  kind: "ColumnNode",
  column: identifier(name),
});

export const tableNode = (name: string): Node => ({
  kind: "TableNode",
  table: { kind: "SchemableIdentifierNode", identifier: identifier(name) },
});

export const tenantValue: Node = { kind: "ValueNode", value: tenantParameter };

export const parens = (node: Node): Node => ({ kind: "ParensNode", node });

/** `<table>.<column> = <tenant>` */
export const belongsToTenant = (table: Node, column: string): Node => ({
  kind: "BinaryOperationNode",
  leftOperand: { kind: "ReferenceNode", column: columnNode(column), table },
  operator: { kind: "OperatorNode", operator: "=" },
  rightOperand: tenantValue,
});

/** All of `conditions` and, in brackets of its own so that no OR in it reaches further, `given`. */
export function allOf(given: Node | undefined, conditions: readonly Node[]): Node | undefined {
  const all = given === undefined ? conditions : [parens(given), ...conditions];
  return all.length === 0
    ? undefined
    : all.reduce((left, right) => ({ kind: "AndNode", left, right }));
}

/** `(select * from <table> where <it belongs to the tenant>) as <alias>` */
export const filteredSource = (table: Node, alias: Node, condition: Node): Node => ({
  kind: "AliasNode",
  node: {
    kind: "SelectQueryNode",
    from: { kind: "FromNode", froms: [table] },
    selections: [{ kind: "SelectionNode", selection: { kind: "SelectAllNode" } }],
    where: { kind: "WhereNode", where: condition },
  },
  alias,
});

/** The name of a TableNode as the lists of tables have it, and whether it has a schema. */
export function tableName(node: Node): { readonly name: string; readonly qualified: boolean } {
  const { schema, identifier: last } = node["table"] as { schema?: Node; identifier: Node };
  const name = String(last["name"]);
  return schema === undefined
    ? { name, qualified: false }
    : { name: `${String(schema["name"])}.${name}`, qualified: true };
}

/** The column that a ColumnNode or a ReferenceNode names, or null. */
export function columnName(node: unknown): string | null {
  if (!isNode(node)) return null;
  if (node.kind === "ReferenceNode") return columnName(node["column"]);
  return node.kind === "ColumnNode" ? String((node["column"] as Node)["name"]) : null;
}
