import { columnOf, mentions, mentionsColumn } from "../../sql/nodes.js";
import type { Node } from "../../sql/parse.js";
import { constantOf, equalSides, parts, settingsIn } from "./expressions.js";

/** Whether a policy's expression lets only the tenant's rows through; `unknown`: not for us to say. */
export type Verdict = "tenant" | "open" | "unknown";

export function judge(expression: Node, tenant: string): Verdict {
  const both = parts(expression, "AND_EXPR");
  if (both.length > 1) return strongest(both.map((part) => judge(part, tenant)));
  const either = parts(expression, "OR_EXPR");
  if (either.length > 1) return weakest(either.map((part) => judge(part, tenant)));
  const constant = constantOf(expression);
  if (constant !== undefined) return constant ? "open" : "tenant";
  const sides = equalSides(expression);
  if (sides !== undefined) return judgeEquality(sides, tenant);
  if ("SubLink" in expression || "FuncCall" in expression || "CaseExpr" in expression) {
    return mentionsColumn(expression, tenant) ? "tenant" : "unknown";
  }
  return mentions(expression, ["SubLink", "FuncCall"]) && settingsIn(expression).length === 0
    ? "unknown"
    : "open";
}

function judgeEquality([left, right]: readonly [Node, Node], tenant: string): Verdict {
  const isLeft = columnOf(left) === tenant;
  const isRight = columnOf(right) === tenant;
  if (isLeft && isRight) return "open";
  if (isLeft || isRight) {
    const other = isLeft ? right : left;
    // Compared with a column of the same row it says nothing.
    return columnOf(other) === undefined ? "tenant" : "open";
  }
  if (mentions([left, right], ["SubLink"])) {
    return mentionsColumn([left, right], tenant) ? "tenant" : "unknown";
  }
  return mentions([left, right], ["FuncCall"]) && settingsIn([left, right]).length === 0
    ? "unknown"
    : "open";
}

function strongest(verdicts: readonly Verdict[]): Verdict {
  if (verdicts.includes("tenant")) return "tenant";
  return verdicts.includes("unknown") ? "unknown" : "open";
}

function weakest(verdicts: readonly Verdict[]): Verdict {
  if (verdicts.includes("open")) return "open";
  return verdicts.includes("unknown") ? "unknown" : "tenant";
}
