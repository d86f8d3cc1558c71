import type { Node } from "../sql/parse.js";
import { wordsOf } from "../sql/walk.js";
import type { Atom, Value } from "./atom.js";
import { all, always, any, atomic, never, type Formula } from "./formula.js";
import type { Possible, Scope } from "./range.js";
import { namesRole } from "./role-conditions.js";
import { show } from "./show.js";

type Expression = Extract<Node, { A_Expr: unknown }>;

/** A comparison by an operator, IN, ANY or IS DISTINCT FROM. */
export function compare(node: Expression, scope: Scope, negated: boolean): Formula {
  const { kind, lexpr, rexpr, name } = node.A_Expr;
  const text = negated ? `NOT (${show(node)})` : show(node);
  if (lexpr === undefined || rexpr === undefined) return plain(node, text, scope);
  const operator = wordsOf(name).at(-1);
  const { values, elements } = scope.analysis.readers;
  const equal = (left: readonly Possible[], right: readonly Possible[], nullSafe = false) =>
    pairs(left, right, text, nullSafe, scope);
  switch (kind) {
    case "AEXPR_OP": {
      const boolean = ofBooleanConstant(node, scope, negated);
      if (boolean !== undefined) return boolean;
      if (operator === (negated ? "<>" : "=")) {
        return equal(values(lexpr, scope), values(rexpr, scope));
      }
      if (negated) return plain(node, text, scope);
      // A list of tenants in a claim: `claims ? tenant_id`, `tenants @> ARRAY[tenant_id]`.
      if (operator === "?" || operator === "@>") {
        return listed(elements(lexpr, scope), elements(rexpr, scope), node, text, scope);
      }
      if (operator === "<@") {
        return listed(elements(rexpr, scope), elements(lexpr, scope), node, text, scope);
      }
      return plain(node, text, scope);
    }
    case "AEXPR_NOT_DISTINCT":
    case "AEXPR_DISTINCT":
      return (kind === "AEXPR_NOT_DISTINCT") !== negated
        ? equal(values(lexpr, scope), values(rexpr, scope), true)
        : plain(node, text, scope);
    case "AEXPR_IN":
    case "AEXPR_OP_ANY":
      if (operator !== "=" || negated) return plain(node, text, scope);
      return equal(values(lexpr, scope), elements(rexpr, scope));
    case undefined:
    default:
      return plain(node, text, scope);
  }
}

/** `x = true`. */
function ofBooleanConstant(node: Expression, scope: Scope, negated: boolean): Formula | undefined {
  const { lexpr, rexpr, name } = node.A_Expr;
  if (rexpr === undefined || !("A_Const" in rexpr) || rexpr.A_Const.boolval === undefined) {
    return undefined;
  }
  const operator = wordsOf(name).at(-1);
  if (operator !== "=" && operator !== "<>") return undefined;
  const isTrue = rexpr.A_Const.boolval.boolval ?? false;
  const asked = (operator === "=") === isTrue;
  return scope.analysis.readers.condition(lexpr!, scope, asked === negated);
}

function pairs(
  lefts: readonly Possible[],
  rights: readonly Possible[],
  text: string,
  nullSafe: boolean,
  scope: Scope,
): Formula {
  return any(
    lefts.flatMap((left) =>
      rights.map((right) =>
        all([left.given, right.given, equality(left.value, right.value, text, nullSafe, scope)]),
      ),
    ),
  );
}

function equality(
  left: Value,
  right: Value,
  text: string,
  nullSafe: boolean,
  scope: Scope,
): Formula {
  if (left.kind === "constant" && right.kind !== "constant") {
    return equality(right, left, text, nullSafe, scope);
  }
  if (right.kind === "constant") {
    if (right.value === null) {
      return nullSafe ? atomic({ kind: "null", value: left, text }) : never;
    }
    if (left.kind === "constant") return left.value === right.value ? always : never;
    const role = namesRole(left, right.value, scope);
    if (role !== undefined) return role ? always : never;
  }
  if (left.kind === "opaque" || right.kind === "opaque") {
    return atomic({
      kind: "opaque",
      columns: mentionsColumns(left) || mentionsColumns(right),
      text,
    });
  }
  return atomic({ kind: "equal", left, right, nullSafe, text });
}

/** Only a list that the context tells is followed; a column's list is a condition like any other. */
function listed(
  list: readonly Possible[],
  items: readonly Possible[],
  node: Expression,
  text: string,
  scope: Scope,
): Formula {
  const isContext = list.length > 0 && list.every(({ value }) => value.kind === "context");
  if (!isContext || items.length !== 1) return plain(node, text, scope);
  return pairs(list, items, text, false, scope);
}

function plain(node: Expression, text: string, scope: Scope): Formula {
  const { lexpr, rexpr } = node.A_Expr;
  const { elements } = scope.analysis.readers;
  const values = [lexpr, rexpr]
    .filter((each) => each !== undefined)
    .flatMap((each) => elements(each, scope).map(({ value }) => value));
  const opaque = values.some((value) => value.kind === "opaque");
  const atom: Atom = opaque
    ? { kind: "opaque", columns: values.some(mentionsColumns), text }
    : { kind: "plain", values, text };
  return atomic(atom);
}

function mentionsColumns(value: Value): boolean {
  return value.kind === "column" || ("columns" in value && value.columns);
}
