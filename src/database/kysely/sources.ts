import type { TenantTables } from "../orm/tenant-tables.js";
import { refused } from "../session/failures.js";
import { sourceKinds } from "./kinds.js";
import {
  belongsToTenant,
  filteredSource,
  isNode,
  tableName,
  tableNode,
  type Node,
} from "./nodes.js";
import { isMarked, refusedRaw } from "./raw.js";

/** A table expression: what stands in FROM, USING or JOIN, or is written to. */
export interface Source {
  readonly node: Node;
  /** What its rows must fulfil, or null where it is no tenant table. */
  readonly condition: Node | null;
}

export interface SourceRules {
  readonly tables: TenantTables;
  /** The WITH queries that can be seen. */
  readonly names: ReadonlySet<string>;
  readonly inside: (node: Node) => Node;
}

/** @throws {TenantryError} `STATEMENT_REFUSED` for a table in neither list, and for what is no table */
export function readSource(node: Node, rules: SourceRules): Source {
  if (node.kind === "TableNode") return { node, condition: conditionOf(node, node, rules) };
  if (node.kind !== "AliasNode") throw refusedSource(node);
  const { node: inner, alias } = node as unknown as { node: Node; alias: Node };
  if (inner.kind === "RawNode" && isMarked(inner)) {
    return { node: rules.inside(node), condition: null };
  }
  // Text as an alias could go on with a comma and another table.
  if (!isNode(alias) || alias.kind !== "IdentifierNode") throw refusedRaw("it is a table's alias");
  if (inner.kind === "TableNode") {
    return { node, condition: conditionOf(inner, tableNode(String(alias["name"])), rules) };
  }
  if (!sourceKinds.has(inner.kind)) throw refusedSource(inner);
  return { node: rules.inside(node), condition: null };
}

/** The table that is written to: never a WITH query, whatever its name. */
export const readTarget = (node: Node, rules: SourceRules): Source =>
  readSource(node, { ...rules, names: new Set() });

/** The source with its condition inside, for where a condition outside would come too late. */
export function filtered({ node, condition }: Source): Node {
  if (condition === null) return node;
  if (node.kind === "AliasNode") {
    const { node: table, alias } = node as unknown as { node: Node; alias: Node };
    const { leftOperand, ...rest } = condition;
    const onTable = { ...(leftOperand as Node), table };
    return filteredSource(table, alias, { ...rest, leftOperand: onTable });
  }
  const { identifier } = node["table"] as { identifier: Node };
  return filteredSource(node, identifier, condition);
}

function conditionOf(table: Node, reference: Node, { tables, names }: SourceRules): Node | null {
  const { name, qualified } = tableName(table);
  if (!qualified && names.has(name)) return null;
  switch (tables.classOf(name)) {
    case "tenant":
      return belongsToTenant(reference, tables.column);
    case "global":
      return null;
    case null:
      throw refusedTable(name);
  }
}

export function refusedTable(name: string): Error {
  return refused(
    `Table ${JSON.stringify(name)}, which is neither in tables nor in global,`,
    "Add it to the list that it belongs to, written as the statement has it.",
  );
}

function refusedSource({ kind }: Node): Error {
  return kind === "RawNode"
    ? refusedRaw("it stands for a table")
    : refused(`A ${kind} in place of a table`, "Name a table, or a sub-select under an alias.");
}
