import type { TenantTables } from "../orm/tenant-tables.js";
import { refused } from "../session/failures.js";
import { assertNoRawModifier, refusedKind, scopeExpression } from "./expressions.js";
import { scopeInsert } from "./insert.js";
import { queryKinds } from "./kinds.js";
import { allOf, isNode, mapChildren, nodesOf, tableName, type Node } from "./nodes.js";
import { isMarked } from "./raw.js";
import { scopeJoins } from "./joins.js";
import { filtered, readSource, readTarget, type Source, type SourceRules } from "./sources.js";
import { scopeUpdates } from "./updates.js";

type Names = ReadonlySet<string>;

/**
 * The statement with the tenant's condition on every tenant table in it, at every depth.
 * @throws {TenantryError} `STATEMENT_REFUSED` for what cannot be scoped
 */
export function scopeStatement(root: Node, tables: TenantTables): Node {
  const isRaw = root.kind === "RawNode";
  if (isRaw && !isMarked(root)) {
    throw refused(
      "A raw statement",
      "Use the query builder, or say sql`${unscopedSql(reason)} …` and see to the tenant there.",
    );
  }
  if (!isRaw && !queryKinds.has(root.kind)) throw refusedKind(root.kind);
  return scopeExpression(root, new Set(), (query, names) => scopeQuery(query, names, tables));
}

function scopeQuery(query: Node, outer: Names, tables: TenantTables): Node {
  const { with: given, ...rest } = query;
  const below = (node: Node, names: Names): Node =>
    scopeExpression(node, names, (inner, seen) => scopeQuery(inner, seen, tables));
  const names = new Set(outer);
  const scoped = isNode(given) ? { with: scopeWith(given, names, tables, below) } : {};
  const inside = (node: Node): Node => below(node, names);
  for (const modifier of nodesOf(query["endModifiers"])) assertNoRawModifier(modifier);
  return { ...scopeBody(rest, { tables, names, inside }), ...scoped };
}

/** Adds the queries' names to `names`, each where those that may refer to it begin. */
function scopeWith(
  node: Node,
  names: Set<string>,
  tables: TenantTables,
  below: (node: Node, names: Names) => Node,
): Node {
  const expressions = nodesOf(node["expressions"]);
  const nameOf = (expression: Node): string => {
    const { name } = tableName((expression["name"] as Node)["table"] as Node);
    if (tables.classOf(name) === null) return name;
    throw refused(`A WITH query named like the table ${JSON.stringify(name)}`, "Rename it.");
  };
  if (node["recursive"] === true) for (const each of expressions) names.add(nameOf(each));
  const scoped = expressions.map((each) => {
    const expression = below(each["expression"] as Node, new Set(names));
    names.add(nameOf(each));
    return { ...each, expression };
  });
  return { ...node, expressions: scoped };
}

function scopeBody(query: Node, rules: SourceRules): Node {
  switch (query.kind) {
    case "InsertQueryNode":
      return scopeInsert(query, rules);
    case "UpdateQueryNode":
      return scopeUpdate(query, rules);
    default:
      return scopeReading(query, rules, []);
  }
}

function scopeUpdate(query: Node, rules: SourceRules): Node {
  const { table, updates, ...rest } = query;
  const [target, ...more] =
    isNode(table) && table.kind === "ListNode" ? nodesOf(table["items"]) : nodesOf([table]);
  if (target === undefined || more.length > 0) throw refusedKind(query.kind);
  const { node, condition } = readTarget(target, rules);
  const conditions = condition === null ? [] : [condition];
  const scoped = scopeReading(rest, rules, conditions);
  return { ...scoped, table: node, updates: scopeUpdates(updates, condition !== null, rules) };
}

/** FROM, USING, JOIN and WHERE, which select, update and delete have in common. */
function scopeReading(query: Node, rules: SourceRules, conditions: Node[]): Node {
  const { from, using, joins, where, ...rest } = query;
  const joined = nodesOf(joins);
  // Rows of the one side stand in the result where the other has none, whatever ON says.
  const outer = joined.some(({ joinType }) => joinType === "RightJoin" || joinType === "FullJoin");
  const isDelete = query.kind === "DeleteQueryNode";
  const take = ({ node, condition }: Source, inside: boolean): Node => {
    if (inside) return filtered({ node, condition });
    if (condition !== null) conditions.push(condition);
    return node;
  };
  // What a DELETE names behind FROM is its target.
  const fromItem = (node: Node): Node =>
    isDelete ? take(readTarget(node, rules), false) : take(readSource(node, rules), outer);
  const usingItem = (node: Node): Node => take(readSource(node, rules), outer);
  const parts: Record<string, unknown> = {};
  if (isNode(from)) parts["from"] = { ...from, froms: nodesOf(from["froms"]).map(fromItem) };
  if (isNode(using)) parts["using"] = { ...using, tables: nodesOf(using["tables"]).map(usingItem) };
  if (joins !== undefined) parts["joins"] = scopeJoins(joined, rules, outer, conditions);
  const given = isNode(where) ? rules.inside(where["where"] as Node) : undefined;
  const all = allOf(given, conditions);
  if (all !== undefined) parts["where"] = { kind: "WhereNode", where: all };
  return { ...mapChildren(rest, rules.inside), ...parts };
}
