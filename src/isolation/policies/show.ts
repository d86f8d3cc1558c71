import type { Node } from "../sql/parse.js";
import { wordsOf } from "../sql/walk.js";

const longest = 160;

/** A piece of an expression as SQL, for people: without the casts of constants, cut where it is long. */
export function show(node: Node | undefined): string {
  const text = render(node);
  return text.length > longest ? `${text.slice(0, longest - 1)}…` : text;
}

function render(node: Node | undefined): string {
  if (node === undefined) return "";
  if ("ColumnRef" in node) return wordsOf(node.ColumnRef.fields).join(".");
  if ("A_Const" in node) return constantText(node);
  if ("ParamRef" in node) return `$${node.ParamRef.number ?? 0}`;
  if ("TypeCast" in node) return renderCast(node);
  if ("FuncCall" in node) return renderCall(node);
  if ("A_Expr" in node) return renderOperator(node);
  if ("BoolExpr" in node) return renderBoolean(node);
  if ("NullTest" in node) {
    return `${render(node.NullTest.arg)} IS ${node.NullTest.nulltesttype === "IS_NULL" ? "" : "NOT "}NULL`;
  }
  if ("BooleanTest" in node) {
    const words = (node.BooleanTest.booltesttype ?? "").replaceAll("_", " ");
    return `${render(node.BooleanTest.arg)} ${words}`;
  }
  if ("CoalesceExpr" in node) return `COALESCE(${list(node.CoalesceExpr.args)})`;
  if ("CollateClause" in node) return render(node.CollateClause.arg);
  if ("SubLink" in node) return renderSubLink(node);
  if ("SQLValueFunction" in node) {
    return (node.SQLValueFunction.op ?? "").replace("SVFOP_", "");
  }
  if ("A_ArrayExpr" in node) return `ARRAY[${list(node.A_ArrayExpr.elements)}]`;
  if ("List" in node) return `(${list(node.List.items)})`;
  if ("SelectStmt" in node) return renderSelect(node);
  if ("RangeVar" in node) {
    const { schemaname, relname = "", alias } = node.RangeVar;
    const name = schemaname === undefined ? relname : `${schemaname}.${relname}`;
    return alias?.aliasname === undefined ? name : `${name} ${alias.aliasname}`;
  }
  if ("ResTarget" in node) return render(node.ResTarget.val);
  if ("CaseExpr" in node) return "CASE … END";
  return "…";
}

function list(nodes: readonly Node[] | undefined): string {
  return (nodes ?? []).map((each) => render(each)).join(", ");
}

function constantText(node: Extract<Node, { A_Const: unknown }>): string {
  const { A_Const: constant } = node;
  if (constant.isnull === true) return "NULL";
  if (constant.boolval !== undefined) return String(constant.boolval.boolval ?? false);
  if (constant.sval !== undefined) return `'${constant.sval.sval ?? ""}'`;
  if (constant.ival !== undefined) return String(constant.ival.ival ?? 0);
  return constant.fval?.fval ?? "…";
}

/** The type of a cast as it is written, as `character varying(9)`. */
export function typeText(node: Extract<Node, { TypeCast: unknown }>): string {
  const { names, typmods, arrayBounds } = node.TypeCast.typeName ?? {};
  const words = wordsOf(names).filter((word) => word !== "pg_catalog");
  const modifiers = (typmods ?? []).map((each) => render(each));
  const suffix = modifiers.length === 0 ? "" : `(${modifiers.join(",")})`;
  return `${words.join(".")}${suffix}${arrayBounds === undefined ? "" : "[]"}`;
}

function renderCast(node: Extract<Node, { TypeCast: unknown }>): string {
  const { arg } = node.TypeCast;
  if (arg !== undefined && "A_Const" in arg) return render(arg);
  return `${render(arg)}::${typeText(node)}`;
}

function renderCall({ FuncCall: call }: Extract<Node, { FuncCall: unknown }>): string {
  const name = wordsOf(call.funcname).filter((word) => word !== "pg_catalog");
  return `${name.join(".")}(${call.agg_star === true ? "*" : list(call.args)})`;
}

function renderOperator({ A_Expr: expression }: Extract<Node, { A_Expr: unknown }>): string {
  const left = render(expression.lexpr);
  const right = render(expression.rexpr);
  const operator = wordsOf(expression.name).at(-1) ?? "";
  switch (expression.kind) {
    case "AEXPR_NULLIF":
      return `NULLIF(${left}, ${right})`;
    case "AEXPR_DISTINCT":
      return `${left} IS DISTINCT FROM ${right}`;
    case "AEXPR_NOT_DISTINCT":
      return `${left} IS NOT DISTINCT FROM ${right}`;
    case "AEXPR_IN":
      return `${left} ${operator === "=" ? "IN" : "NOT IN"} ${right}`;
    case "AEXPR_OP_ANY":
      return `${left} ${operator} ANY (${right})`;
    case "AEXPR_OP_ALL":
      return `${left} ${operator} ALL (${right})`;
    case undefined:
    default:
      return `${left} ${operator} ${right}`.trim();
  }
}

function renderBoolean({ BoolExpr: expression }: Extract<Node, { BoolExpr: unknown }>): string {
  const parts = (expression.args ?? []).map((each) => render(each));
  if (expression.boolop === "NOT_EXPR") return `NOT (${parts.join("")})`;
  return `(${parts.join(expression.boolop === "AND_EXPR" ? " AND " : " OR ")})`;
}

function renderSubLink({ SubLink: link }: Extract<Node, { SubLink: unknown }>): string {
  const query = `(${render(link.subselect)})`;
  if (link.subLinkType === "EXISTS_SUBLINK") return `EXISTS ${query}`;
  if (link.subLinkType === "ARRAY_SUBLINK") return `ARRAY${query}`;
  if (link.subLinkType === "ANY_SUBLINK") return `${render(link.testexpr)} IN ${query}`;
  return query;
}

function renderSelect({ SelectStmt: select }: Extract<Node, { SelectStmt: unknown }>): string {
  const from = select.fromClause === undefined ? "" : ` FROM ${list(select.fromClause)}`;
  const where = select.whereClause === undefined ? "" : ` WHERE ${render(select.whereClause)}`;
  return `SELECT ${list(select.targetList)}${from}${where}`;
}
