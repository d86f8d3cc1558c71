import { refused } from "../session/failures.js";
import { leafKinds, plainKinds, queryKinds } from "./kinds.js";
import { mapChildren, nodesOf, type Node } from "./nodes.js";
import { assertFit, isMarked, refusedRaw, withoutMark } from "./raw.js";

/** Scopes a query below this point; `names` are the WITH queries that can be seen from there. */
export type ScopeQuery = (query: Node, names: ReadonlySet<string>) => Node;

/**
 * A copy of an expression in which every query is scoped.
 * @throws {TenantryError} `STATEMENT_REFUSED` for a kind of node that is not known here
 */
export function scopeExpression(
  node: Node,
  names: ReadonlySet<string>,
  scopeQuery: ScopeQuery,
): Node {
  if (leafKinds.has(node.kind)) return node;
  const inside = (child: Node): Node => scopeExpression(child, names, scopeQuery);
  if (queryKinds.has(node.kind)) return scopeQuery(node, names);
  switch (node.kind) {
    case "RawNode":
      if (isMarked(node)) return mapChildren(withoutMark(node), inside);
      assertFit(node);
      break;
    case "ValueNode":
      if (node["value"] === undefined) throw refusedUndefined();
      return node;
    case "PrimitiveValueListNode":
      if ((node["values"] as unknown[]).includes(undefined)) throw refusedUndefined();
      return node;
    case "BinaryOperationNode":
      if (isOneEqualsOne(node)) throw refusedUndefined();
      break;
    case "FunctionNode":
    case "AggregateFunctionNode":
      assertName(node["func"]);
      break;
    case "DataTypeNode":
      assertType(node["dataType"]);
      break;
    case "SelectModifierNode":
    case "ExplainNode":
      assertNoRawModifier(node);
      break;
    default:
      if (!plainKinds.has(node.kind)) throw refusedKind(node.kind);
  }
  return mapChildren(node, inside);
}

/** Text behind a WHERE could widen it, so it must be named as raw. */
export function assertNoRawModifier(node: Node): void {
  const raw = node.kind === "RawNode" ? node : (node["rawModifier"] ?? node["options"]);
  if (raw !== undefined && !isMarked(raw)) throw refusedRaw("it stands before or behind the query");
}

/** What `eb.and({ id: undefined })` and `eb.and([])` become. */
function isOneEqualsOne({ leftOperand, operator, rightOperand }: Node): boolean {
  const isOne = (side: unknown): boolean => {
    const [value] = nodesOf([side]);
    return value?.kind === "ValueNode" && value["immediate"] === true && value["value"] === 1;
  };
  return isOne(leftOperand) && isOne(rightOperand) && (operator as Node)["operator"] === "=";
}

function assertName(name: unknown): void {
  if (typeof name === "string" && /^[a-z_]\w*(?:\.[a-z_]\w*)?$/i.test(name)) return;
  throw refused(
    "A function whose name is no name",
    "Call it by its name, with its schema at most.",
  );
}

function assertType(type: unknown): void {
  if (typeof type === "string" && /^[\w ]+(?:\([\d, ]+\))?(?:\[\])*$/.test(type)) return;
  throw refused("A data type whose name is no name", "Cast to a type by its name.");
}

function refusedUndefined(): Error {
  return refused(
    "undefined in a statement, or a filter of nothing,",
    "Check the value first; where no filter is meant, leave the call of where() out.",
  );
}

export function refusedKind(kind: string): Error {
  return refused(
    `A ${kind}, which Tenantry cannot scope,`,
    "Use select, insert, update or delete; run migrations on a Kysely of their own, as the owner.",
  );
}
