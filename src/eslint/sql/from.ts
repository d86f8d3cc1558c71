import type { Node } from "../../isolation/sql/parse.js";
import { wordsOf } from "../../isolation/sql/walk.js";
import { both, factsOf, nothing, type Entry, type Facts } from "./conditions.js";
import type { TenantTable, TenantTables } from "./tenancy.js";

/** A table of a FROM. `table` is undefined where it is none of a tenant's. */
export interface Source extends Entry {
  readonly table: TenantTable | undefined;
}

/** `hidden` are the names of the WITH queries around. */
export function sourcesOf(
  nodes: readonly Node[],
  tables: TenantTables,
  hidden: ReadonlySet<string>,
): Source[] {
  return nodes.flatMap((node) => {
    if ("JoinExpr" in node) {
      const sides = [node.JoinExpr.larg, node.JoinExpr.rarg].filter((side) => side !== undefined);
      return sourcesOf(sides, tables, hidden);
    }
    if ("RangeVar" in node) return [sourceOf(node.RangeVar, tables, hidden)];
    if ("RangeSubselect" in node) {
      // A sub-select is looked at by itself; what it gives out may be compared all the same.
      const alias = node.RangeSubselect.alias?.aliasname ?? "";
      return [{ alias, column: "", table: undefined }];
    }
    return [];
  });
}

export function sourceOf(
  { schemaname, relname = "", alias }: Extract<Node, { RangeVar: unknown }>["RangeVar"],
  tables: TenantTables,
  hidden: ReadonlySet<string>,
): Source {
  const isHidden = schemaname === undefined && hidden.has(relname);
  const name = schemaname === undefined ? relname : `${schemaname}.${relname}`;
  const table = isHidden ? undefined : tables.get(name);
  return { alias: alias?.aliasname ?? relname, column: table?.column ?? "", table };
}

/** What the ON and USING of joins say; an outer join says it of the side alone that may be missing. */
export function joinFacts(nodes: readonly Node[], sources: readonly Source[]): Facts {
  return nodes.map((node) => joinFact(node, sources)).reduce(both, nothing);
}

function joinFact(node: Node, sources: readonly Source[]): Facts {
  if (!("JoinExpr" in node)) return nothing;
  const { jointype, larg, rarg, quals, usingClause, isNatural } = node.JoinExpr;
  const [left, right] = [aliasesIn(larg), aliasesIn(rarg)];
  const own = both(
    factsOf(quals, sources),
    usingFacts(wordsOf(usingClause), isNatural, sources, left, right),
  );
  const below = [larg, rarg].filter((side) => side !== undefined);
  return both(restricted(own, jointype, left, right), joinFacts(below, sources));
}

function restricted(
  facts: Facts,
  type: string | undefined,
  left: ReadonlySet<string>,
  right: ReadonlySet<string>,
): Facts {
  if (type === "JOIN_INNER") return facts;
  if (type === "JOIN_FULL") return nothing;
  const kept = type === "JOIN_LEFT" ? right : left;
  return { ...facts, fixed: new Set([...facts.fixed].filter((alias) => kept.has(alias))) };
}

function usingFacts(
  columns: readonly string[],
  isNatural: boolean | undefined,
  sources: readonly Source[],
  left: ReadonlySet<string>,
  right: ReadonlySet<string>,
): Facts {
  const shared = sources.filter(({ column }) => isNatural === true || columns.includes(column));
  const same = shared.flatMap((a) =>
    shared
      .filter((b) => left.has(a.alias) && right.has(b.alias) && a.column === b.column)
      .map((b) => [a.alias, b.alias] as const),
  );
  return { ...nothing, same: same.filter(([a]) => a !== "") };
}

function aliasesIn(node: Node | undefined): Set<string> {
  if (node === undefined) return new Set();
  return new Set(sourcesOf([node], new Map(), new Set()).map(({ alias }) => alias));
}
