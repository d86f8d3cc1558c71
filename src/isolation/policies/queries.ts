import { isInvoker } from "../catalog/options.js";
import type { Relation } from "../catalog/relation.js";
import { parseSql, type Node } from "../sql/parse.js";
import { wordsOf } from "../sql/walk.js";
import { all, always, any, type Formula } from "./formula.js";
import { newRange, type Possible, type Range, type Scope } from "./range.js";
import { relationNamed } from "./relations.js";

/** Views over views are read to this depth. */
const deepest = 8;

type Select = Extract<Node, { SelectStmt: unknown }>["SelectStmt"];

/** One SELECT of a query; a UNION has several. */
export interface Branch {
  readonly targets: readonly Node[];
  /** What the targets are called, where they are called anything. */
  readonly names: readonly (string | undefined)[];
  /** Where the targets are read. */
  readonly scope: Scope;
  /** What holds for every row of it. */
  readonly given: Formula;
}

/** The first column's values, for every row that a sub-select can have. */
export function rowsOfQuery(node: Node | undefined, scope: Scope): readonly Possible[] {
  return branchesOf(node, scope).flatMap(({ targets, scope: within, given }) => {
    const [target] = targets;
    if (target === undefined) return [];
    return within.analysis.readers
      .values(target, within)
      .map((each) => ({ value: each.value, given: all([given, each.given]) }));
  });
}

/** When a sub-select has a row. */
export function queryHasRows(node: Node | undefined, scope: Scope): Formula {
  return any(branchesOf(node, scope).map(({ given }) => given));
}

export function branchesOf(node: Node | undefined, scope: Scope): readonly Branch[] {
  if (node === undefined || !("SelectStmt" in node)) return [];
  return ofSelect(node.SelectStmt, scope);
}

function ofSelect(select: Select, outer: Scope): readonly Branch[] {
  const scope = withNamed(select, outer);
  const { larg, rarg, op } = select;
  if (larg !== undefined && rarg !== undefined) {
    const left = ofSelect(larg, scope);
    return op === "SETOP_UNION" ? [...left, ...ofSelect(rarg, scope)] : left;
  }
  if (select.valuesLists !== undefined) return ofValues(select.valuesLists, scope);
  const from = readFrom(select.fromClause ?? [], scope);
  const within = { ...scope, ranges: [...from.ranges, ...scope.ranges] };
  const { condition } = scope.analysis.readers;
  const quals = [...from.quals, ...(select.whereClause === undefined ? [] : [select.whereClause])];
  const listed = (select.targetList ?? []).flatMap((each) =>
    "ResTarget" in each && each.ResTarget.val !== undefined
      ? [{ target: each.ResTarget.val, name: each.ResTarget.name }]
      : [],
  );
  const targets = listed.map(({ target }) => target);
  const names = listed.map(({ target, name }) => name ?? targetName(target));
  const given = all([
    ...from.ranges.map((range) => visibility(range, within)),
    ...quals.map((each) => condition(each, within, false)),
  ]);
  return [{ targets, names, scope: within, given }];
}

function visibility(range: Range, scope: Scope): Formula {
  return range.relation === undefined ? always : scope.analysis.readers.visible(range, scope);
}

function ofValues(lists: readonly Node[], scope: Scope): readonly Branch[] {
  return lists.flatMap((each) =>
    "List" in each ? [{ targets: each.List.items ?? [], names: [], scope, given: always }] : [],
  );
}

function withNamed(select: Select, scope: Scope): Scope {
  const expressions = select.withClause?.ctes ?? [];
  if (expressions.length === 0) return scope;
  const named = new Map(scope.named);
  for (const each of expressions) {
    if (!("CommonTableExpr" in each)) continue;
    const { ctename, ctequery } = each.CommonTableExpr;
    if (ctename !== undefined && ctequery !== undefined) {
      named.set(ctename, { node: ctequery, scope: { ...scope, named: new Map(named) } });
    }
  }
  return { ...scope, named };
}

interface From {
  readonly ranges: Range[];
  readonly quals: Node[];
}

function readFrom(items: readonly Node[], scope: Scope): From {
  const from: From = { ranges: [], quals: [] };
  for (const item of items) addItem(item, from, scope);
  return from;
}

function addItem(item: Node, from: From, scope: Scope): void {
  const { analysis } = scope;
  if ("RangeVar" in item) {
    const { schemaname, relname = "", alias } = item.RangeVar;
    const name = alias?.aliasname ?? relname;
    const named = schemaname === undefined ? scope.named.get(relname) : undefined;
    if (named !== undefined) {
      from.ranges.push(queryRange(named.node, named.scope, name, scope));
      return;
    }
    const relation = relationNamed(analysis.subject.catalog, schemaname, relname);
    from.ranges.push(
      relation?.kind === "view"
        ? viewRange(relation, name, scope)
        : newRange(analysis, relation, name),
    );
  } else if ("JoinExpr" in item) {
    const { larg, rarg, quals, jointype } = item.JoinExpr;
    if (larg !== undefined) addItem(larg, from, scope);
    if (rarg !== undefined) addItem(rarg, from, scope);
    // What an outer join asks for does not hold for each of its rows.
    if (quals !== undefined && jointype === "JOIN_INNER") from.quals.push(quals);
  } else if ("RangeSubselect" in item) {
    const { subquery, alias } = item.RangeSubselect;
    from.ranges.push(queryRange(subquery!, scope, alias?.aliasname ?? "", scope));
  } else if ("RangeFunction" in item) {
    const { functions, alias } = item.RangeFunction;
    const [first] = functions ?? [];
    const call = first !== undefined && "List" in first ? first.List.items?.[0] : undefined;
    const name = callName(call);
    const derived = () => (call === undefined ? [] : analysis.readers.elements(call, scope));
    from.ranges.push(newRange(analysis, undefined, alias?.aliasname ?? name, { derived }));
  }
}

/** A view reads with its owner's rights, or with those of whoever asks. */
function viewRange(view: Relation, alias: string, scope: Scope): Range {
  const { analysis } = scope;
  const parsed = parseSql(view.definition ?? "");
  const [statement] = "statements" in parsed ? parsed.statements : [];
  const { depth } = scope;
  if (statement === undefined || depth >= deepest) return newRange(analysis, undefined, alias);
  const owner = analysis.subject.catalog.roles.get(view.owner);
  const executor = isInvoker(view) ? scope.executor : (owner ?? scope.executor);
  const within = { ...scope, ranges: [], named: new Map(), executor, depth: depth + 1 };
  return queryRange(statement.node, within, alias, scope);
}

function callName(call: Node | undefined): string {
  return call !== undefined && "FuncCall" in call
    ? (wordsOf(call.FuncCall.funcname).at(-1) ?? "")
    : "";
}

function queryRange(query: Node, within: Scope, alias: string, { analysis }: Scope): Range {
  const derived = (column: string) => namedColumn(query, column, within);
  return newRange(analysis, undefined, alias, { derived });
}

function namedColumn(query: Node, column: string, scope: Scope): readonly Possible[] {
  return branchesOf(query, scope).flatMap(({ targets, names, scope: within, given }) => {
    const target = targets[names.indexOf(column)] ?? loneTarget(targets);
    if (target === undefined) {
      const opaque = { kind: "opaque", text: column, columns: true } as const;
      return [{ value: opaque, given: always }];
    }
    return within.analysis.readers
      .values(target, within)
      .map((each) => ({ value: each.value, given: all([given, each.given]) }));
  });
}

function targetName(target: Node): string | undefined {
  return "ColumnRef" in target ? wordsOf(target.ColumnRef.fields).at(-1) : undefined;
}

function loneTarget(targets: readonly Node[]): Node | undefined {
  return targets.length === 1 ? targets[0] : undefined;
}
