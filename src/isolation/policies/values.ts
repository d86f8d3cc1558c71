import type { Node } from "../sql/parse.js";
import { wordsOf } from "../sql/walk.js";
import type { ConstantValue, ContextValue, Value } from "./atom.js";
import { castValue } from "./casts.js";
import { callValues } from "./calls.js";
import { columnValues } from "./columns.js";
import { derive } from "./derive.js";
import { all, always, atomic, type Formula } from "./formula.js";
import type { Possible, Scope } from "./range.js";
import { rowsOfQuery } from "./queries.js";
import { show, typeText } from "./show.js";

/** See {@link Readers.values}. */
export function values(node: Node, scope: Scope): readonly Possible[] {
  if ("A_Const" in node) return certain(constant(node));
  if ("ColumnRef" in node) return columnValues(node, scope);
  if ("ParamRef" in node) {
    const given = scope.parameters.get(`$${node.ParamRef.number ?? 0}`) ?? [];
    const found = given.flatMap((each) => values(each.node, each.scope));
    return found.length > 0 ? found : opaque(node);
  }
  if ("TypeCast" in node) {
    const type = typeText(node);
    return values(node.TypeCast.arg!, scope).map(({ value, given }) => ({
      value: castValue(value, type),
      given,
    }));
  }
  if ("CollateClause" in node) return values(node.CollateClause.arg!, scope);
  if ("SQLValueFunction" in node) return certain(sessionValue(node));
  if ("CoalesceExpr" in node) return coalesced(node.CoalesceExpr.args ?? [], scope);
  if ("CaseExpr" in node) return ofCase(node, scope);
  if ("FuncCall" in node) return callValues(node, scope);
  if ("SubLink" in node && node.SubLink.subLinkType === "EXPR_SUBLINK") {
    return rowsOfQuery(node.SubLink.subselect, scope);
  }
  if ("A_Expr" in node) return ofOperator(node, scope);
  if ("BoolExpr" in node || "NullTest" in node || "BooleanTest" in node || "SubLink" in node) {
    return opaque(node);
  }
  return opaque(node);
}

function constant(node: Extract<Node, { A_Const: unknown }>): ConstantValue {
  const text = show(node);
  const { isnull, sval } = node.A_Const;
  return {
    kind: "constant",
    text,
    value: isnull === true ? null : sval === undefined ? text : (sval.sval ?? ""),
  };
}

function sessionValue(node: Extract<Node, { SQLValueFunction: unknown }>): Value {
  const text = show(node);
  const isRole = /USER|ROLE/.test(text);
  if (!isRole) return { kind: "computed", text, columns: false };
  return { kind: "context", text, sources: [{ kind: "role", name: text }], emptyIsNull: true };
}

function ofOperator(node: Extract<Node, { A_Expr: unknown }>, scope: Scope): readonly Possible[] {
  const { kind, lexpr, rexpr, name } = node.A_Expr;
  if (kind === "AEXPR_NULLIF") {
    return values(lexpr!, scope).map((each) => ({ ...each, value: withoutEmpty(each.value) }));
  }
  if (kind !== "AEXPR_OP" || wordsOf(name).length === 0) return opaque(node);
  return derive(
    show(node),
    [lexpr, rexpr].filter((each) => each !== undefined),
    scope,
  );
}

function withoutEmpty(value: Value): Value {
  return value.kind === "context"
    ? ({ ...value, emptyIsNull: true } satisfies ContextValue)
    : value;
}

/** The second counts where the first is NULL. */
function coalesced(parts: readonly Node[], scope: Scope): readonly Possible[] {
  const before: Formula[] = [];
  return parts.flatMap((part) => {
    const found = values(part, scope).map(({ value, given }) => ({
      value,
      given: all([...before, given]),
    }));
    for (const { value } of found.slice(0, 1)) {
      if (found.length === 1)
        before.push(atomic({ kind: "null", value, text: show(part) + " IS NULL" }));
    }
    return found;
  });
}

function ofCase(node: Extract<Node, { CaseExpr: unknown }>, scope: Scope): readonly Possible[] {
  const { arg, args, defresult } = node.CaseExpr;
  const branches = (args ?? []).flatMap((each) => {
    if (!("CaseWhen" in each)) return [];
    const { expr, result } = each.CaseWhen;
    const when = arg === undefined ? scope.analysis.readers.condition(expr!, scope, false) : always;
    return values(result!, scope).map(({ value, given }) => ({ value, given: all([when, given]) }));
  });
  return defresult === undefined ? branches : [...branches, ...values(defresult, scope)];
}

function certain(value: Value): readonly Possible[] {
  return [{ value, given: always }];
}

function opaque(node: Node): readonly Possible[] {
  return certain({ kind: "opaque", text: show(node), columns: true });
}
