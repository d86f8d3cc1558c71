import type { Node } from "../sql/parse.js";
import { wordsOf } from "../sql/walk.js";
import type { Value } from "./atom.js";
import { compare } from "./comparisons.js";
import { callCondition } from "./call-conditions.js";
import { all, always, any, atomic, never, type Formula } from "./formula.js";
import { branchesOf, queryHasRows } from "./queries.js";
import type { Scope } from "./range.js";
import { show } from "./show.js";

/** See {@link Readers.condition}. */
export function condition(node: Node, scope: Scope, negated: boolean): Formula {
  if ("BoolExpr" in node) return ofBoolean(node, scope, negated);
  if ("A_Expr" in node) return compare(node, scope, negated);
  if ("NullTest" in node) {
    const { arg, nulltesttype } = node.NullTest;
    return ofNullTest(arg!, show(node), scope, (nulltesttype === "IS_NULL") !== negated);
  }
  if ("BooleanTest" in node) return ofBooleanTest(node, scope, negated);
  if ("CaseExpr" in node) return ofCase(node, scope, negated);
  if ("CoalesceExpr" in node) return ofCoalesce(node.CoalesceExpr.args ?? [], scope, negated);
  if ("SubLink" in node) return ofSubLink(node, scope, negated);
  if ("TypeCast" in node) {
    const [name] = wordsOf(node.TypeCast.typeName?.names).slice(-1);
    if (name === "bool" && node.TypeCast.arg !== undefined && !("A_Const" in node.TypeCast.arg)) {
      return truthOf(node, scope, negated);
    }
  }
  if ("FuncCall" in node) {
    const found = callCondition(node, scope, negated);
    if (found !== undefined) return found;
  }
  return truthOf(node, scope, negated);
}

function ofBoolean(
  node: Extract<Node, { BoolExpr: unknown }>,
  scope: Scope,
  negated: boolean,
): Formula {
  const { boolop, args = [] } = node.BoolExpr;
  if (boolop === "NOT_EXPR") return condition(args[0]!, scope, !negated);
  const parts = args.map((each) => condition(each, scope, negated));
  return (boolop === "AND_EXPR") !== negated ? all(parts) : any(parts);
}

function ofNullTest(arg: Node, text: string, scope: Scope, isNull: boolean): Formula {
  return any(
    scope.analysis.readers.values(arg, scope).map(({ value, given }) => {
      return all([given, nullness(value, isNull ? text : `${show(arg)} IS NOT NULL`, isNull)]);
    }),
  );
}

function nullness(value: Value, text: string, isNull: boolean): Formula {
  if (value.kind === "constant") return (value.value === null) === isNull ? always : never;
  if (value.kind === "opaque") return atomic({ kind: "opaque", columns: value.columns, text });
  if (isNull) return atomic({ kind: "null", value, text });
  return atomic({ kind: "plain", values: [value], text });
}

function ofBooleanTest(
  node: Extract<Node, { BooleanTest: unknown }>,
  scope: Scope,
  negated: boolean,
): Formula {
  const { arg, booltesttype } = node.BooleanTest;
  const unknown = () => ofUnknown(arg!, show(node), scope);
  switch (booltesttype) {
    case "IS_TRUE":
      return negated
        ? any([condition(arg!, scope, true), unknown()])
        : condition(arg!, scope, false);
    case "IS_NOT_TRUE":
      return negated
        ? condition(arg!, scope, false)
        : any([condition(arg!, scope, true), unknown()]);
    case "IS_FALSE":
      return condition(arg!, scope, !negated);
    case "IS_NOT_FALSE":
      return negated
        ? condition(arg!, scope, true)
        : any([condition(arg!, scope, false), unknown()]);
    case "IS_UNKNOWN":
    case "IS_NOT_UNKNOWN":
    case undefined:
    default:
      return unknown();
  }
}

/** A comparison is neither true nor false where one side is NULL, as a setting that is not set. */
function ofUnknown(arg: Node, text: string, scope: Scope): Formula {
  if (!("A_Expr" in arg)) return atomic({ kind: "opaque", columns: true, text });
  const sides = [arg.A_Expr.lexpr, arg.A_Expr.rexpr].filter((each) => each !== undefined);
  return any(sides.map((side) => ofNullTest(side, `${show(side)} IS NULL`, scope, true)));
}

function ofCase(
  node: Extract<Node, { CaseExpr: unknown }>,
  scope: Scope,
  negated: boolean,
): Formula {
  const { arg, args = [], defresult } = node.CaseExpr;
  const branches = args.flatMap((each) => {
    if (!("CaseWhen" in each)) return [];
    const { expr, result } = each.CaseWhen;
    const when = arg === undefined ? condition(expr!, scope, false) : always;
    return [all([when, condition(result!, scope, negated)])];
  });
  const rest = defresult === undefined ? never : condition(defresult, scope, negated);
  return any([...branches, rest]);
}

/** Each counts where all before it are NULL. */
function ofCoalesce(parts: readonly Node[], scope: Scope, negated: boolean): Formula {
  const before: Formula[] = [];
  return any(
    parts.map((part) => {
      const found = all([...before, condition(part, scope, negated)]);
      before.push(ofUnknown(part, `${show(part)} IS NULL`, scope));
      return found;
    }),
  );
}

function ofSubLink(
  node: Extract<Node, { SubLink: unknown }>,
  scope: Scope,
  negated: boolean,
): Formula {
  const { subLinkType, subselect, testexpr, operName } = node.SubLink;
  const operator = wordsOf(operName).at(-1) ?? "=";
  if (subLinkType === "EXPR_SUBLINK") {
    return any(
      branchesOf(subselect, scope).map(({ targets, scope: within, given }) =>
        all([given, targets[0] === undefined ? never : condition(targets[0], within, negated)]),
      ),
    );
  }
  if (negated) return atomic({ kind: "opaque", columns: true, text: `NOT ${show(node)}` });
  if (subLinkType === "EXISTS_SUBLINK") return queryHasRows(subselect, scope);
  if (subLinkType === "ANY_SUBLINK" && operator === "=" && testexpr !== undefined) {
    const name: Node[] = [{ String: { sval: "=" } }];
    return compare(
      { A_Expr: { kind: "AEXPR_OP_ANY", name, lexpr: testexpr, rexpr: node } },
      scope,
      false,
    );
  }
  return atomic({ kind: "opaque", columns: true, text: show(node) });
}

/** Of what is a truth value itself: a column, a setting, a constant. */
function truthOf(node: Node, scope: Scope, negated: boolean): Formula {
  const text = negated ? `NOT ${show(node)}` : show(node);
  return any(
    scope.analysis.readers.values(node, scope).map(({ value, given }) => {
      return all([given, truth(value, text, negated)]);
    }),
  );
}

function truth(value: Value, text: string, negated: boolean): Formula {
  if (value.kind === "opaque") return atomic({ kind: "opaque", columns: value.columns, text });
  if (value.kind !== "constant") return atomic({ kind: "plain", values: [value], text });
  if (value.value === null) return never;
  const isTrue = /^(t|true|y|yes|on|1)$/i.test(value.value);
  return isTrue !== negated ? always : never;
}
