import { joinKinds } from "./kinds.js";
import { refusedKind } from "./expressions.js";
import { allOf, isNode, type Node } from "./nodes.js";
import { filtered, readSource, type SourceRules } from "./sources.js";

/**
 * The tenant's condition goes into ON, where it changes nothing of what an outer join is. Where there
 * is no ON it goes to `conditions`, and with `outer` into a sub-select.
 */
export function scopeJoins(
  joins: readonly Node[],
  rules: SourceRules,
  outer: boolean,
  conditions: Node[],
): readonly Node[] {
  return joins.map((join) => {
    const { table, on, joinType } = join as unknown as { table: Node; on?: Node; joinType: string };
    if (!joinKinds.has(joinType)) throw refusedKind(joinType);
    const source = readSource(table, rules);
    const given = isNode(on) ? rules.inside(on["on"] as Node) : undefined;
    if (outer) {
      const copy = { ...join, table: filtered(source) };
      return given === undefined ? copy : { ...copy, on: { kind: "OnNode", on: given } };
    }
    const own = source.condition === null ? [] : [source.condition];
    if (given === undefined) {
      conditions.push(...own);
      return { ...join, table: source.node };
    }
    return { ...join, table: source.node, on: { kind: "OnNode", on: allOf(given, own) } };
  });
}
