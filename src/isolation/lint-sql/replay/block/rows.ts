import { wordsOf } from "../../../sql/walk.js";
import { parseSql, type Node } from "../../../sql/parse.js";
import type { NodeOf } from "../step.js";
import { listIn, textIn, type Lookup, type Value } from "./values.js";

/** One row: what its columns hold, by name. */
export type Row = ReadonlyMap<string, Value>;

/**
 * The rows of a query over constants alone: `select unnest(array[…])`, `values (…), (…)`, and
 * `select … from` one of both. Undefined where a server would have to be asked, or choose.
 */
export function rowsOf(query: string, lookup: Lookup): readonly Row[] | undefined {
  const parsed = parseSql(query);
  const [statement] = "statements" in parsed ? parsed.statements : [];
  if (statement === undefined || !("SelectStmt" in statement.node)) return undefined;
  return rowsIn(statement.node.SelectStmt, lookup);
}

function rowsIn(select: NodeOf<"SelectStmt">, lookup: Lookup): readonly Row[] | undefined {
  if (select.valuesLists !== undefined) return valuesIn(select.valuesLists, lookup);
  const { targetList = [] } = select;
  if (select.fromClause === undefined) {
    return isMore(select) ? undefined : unnested(targetList, lookup);
  }
  const from = sourceRows(select, lookup);
  if (from === undefined) return undefined;
  return from.map((row) => projected(targetList, row, lookup));
}

function isMore({ op, whereClause, groupClause, limitCount, withClause }: NodeOf<"SelectStmt">) {
  const isOne = op === undefined || op === "SETOP_NONE";
  return !isOne || [whereClause, groupClause, limitCount, withClause].some((part) => part);
}

/** What FROM gives, where it is one list of constants. */
export function sourceRows(
  select: NodeOf<"SelectStmt">,
  lookup: Lookup,
): readonly Row[] | undefined {
  const { fromClause = [] } = select;
  const [source] = fromClause;
  if (source === undefined || fromClause.length > 1 || isMore(select)) return undefined;
  if ("RangeSubselect" in source) {
    const { subquery, alias } = source.RangeSubselect;
    if (subquery === undefined || !("SelectStmt" in subquery)) return undefined;
    return renamed(rowsIn(subquery.SelectStmt, lookup), alias);
  }
  if (!("RangeFunction" in source)) return undefined;
  const { functions = [], alias, ordinality } = source.RangeFunction;
  const [called] = functions;
  if (functions.length !== 1 || ordinality === true || called === undefined) return undefined;
  const call = "List" in called ? called.List.items?.[0] : called;
  return renamed(rowsFrom(call, "unnest", lookup), alias);
}

function unnested(targets: readonly Node[], lookup: Lookup): readonly Row[] | undefined {
  const [target] = targets;
  if (target === undefined || targets.length > 1 || !("ResTarget" in target)) return undefined;
  return rowsFrom(target.ResTarget.val, target.ResTarget.name ?? "unnest", lookup);
}

function rowsFrom(call: Node | undefined, name: string, lookup: Lookup) {
  if (call === undefined || !("FuncCall" in call)) return undefined;
  const { funcname, args = [] } = call.FuncCall;
  if (wordsOf(funcname).at(-1) !== "unnest" || args.length !== 1) return undefined;
  return listIn(args[0], lookup)?.map((text): Row => new Map([[name, text]]));
}

function valuesIn(lists: readonly Node[], lookup: Lookup): readonly Row[] | undefined {
  const rows = lists.map((list) => {
    const items = "List" in list ? (list.List.items ?? []) : [];
    return items.map((item) => textIn(item, lookup));
  });
  if (rows.some((row) => row.includes(undefined))) return undefined;
  return rows.map((row) => knownOf(row.map((text, index) => [`column${index + 1}`, text])));
}

type Alias = { readonly aliasname?: string; readonly colnames?: Node[] } | undefined;

/** The names that an alias gives; a function's only column is called as its table is. */
function renamed(rows: readonly Row[] | undefined, alias: Alias): readonly Row[] | undefined {
  if (rows === undefined || alias === undefined) return rows;
  const names = wordsOf(alias.colnames);
  const table = alias.aliasname ?? "";
  return rows.map((row) => {
    const only = row.size === 1 && row.has("unnest") ? [table] : [];
    const columns = [...row].map(([name, value], index) => {
      return [names[index] ?? only[index] ?? name, value] as const;
    });
    return new Map(
      columns.flatMap(([name, value]) => [
        [name, value],
        [`${table}.${name}`, value],
      ]),
    );
  });
}

function projected(targets: readonly Node[], row: Row, lookup: Lookup): Row {
  const inRow: Lookup = (name) => row.get(name) ?? lookup(name);
  const columns = targets.flatMap((target): (readonly [string, string | undefined])[] => {
    if (!("ResTarget" in target)) return [];
    const { val, name } = target.ResTarget;
    const words = val !== undefined && "ColumnRef" in val ? wordsOf(val.ColumnRef.fields) : [];
    if (words.at(-1) !== "*") return [[name ?? words.at(-1) ?? "?column?", textIn(val, inRow)]];
    const bare = [...row].filter(([column]) => !column.includes("."));
    return bare.map(([column, value]) => [column, typeof value === "string" ? value : undefined]);
  });
  return knownOf(columns);
}

function knownOf(columns: readonly (readonly [string, string | undefined])[]): Row {
  return new Map(
    columns.flatMap(([name, text]) => (text === undefined ? [] : [[name, text] as const])),
  );
}
