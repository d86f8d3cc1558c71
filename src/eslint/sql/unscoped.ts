import type { Node } from "../../isolation/sql/parse.js";
import { walk } from "../../isolation/sql/walk.js";
import { both, factsOf, type Facts } from "./conditions.js";
import { joinFacts, sourceOf, sourcesOf, type Source } from "./from.js";
import type { TenantTable, TenantTables } from "./tenancy.js";

export interface Unscoped {
  readonly table: TenantTable;
  /** What the statement does with it, as a verb. */
  readonly verb: "reads" | "writes" | "updates" | "deletes" | "merges into" | "truncates";
}

export interface Strictness {
  /** A joined table counts as scoped where one that it is joined with is. */
  readonly trustJoins: boolean;
}

type Statement = Readonly<Record<string, unknown>>;

/** The tenants' tables that a statement touches without saying which tenant. */
export function unscopedIn(
  statement: Node,
  tables: TenantTables,
  strictness: Strictness,
): Unscoped[] {
  const found: Unscoped[] = [];
  const look = (node: unknown, hidden: ReadonlySet<string>) => {
    walk(node, (kind, value) => {
      const verb = verbs[kind];
      if (verb === undefined) return undefined;
      const names = new Set([...hidden, ...withNames(value)]);
      found.push(...check(kind, value, verb, tables, names, strictness));
      // What is inside is another statement, in which the names of this one's WITH are hidden too.
      for (const [name, part] of Object.entries(value)) {
        // The sides of a UNION stand there without their kind.
        look(name === "larg" || name === "rarg" ? wrapped(part) : part, names);
      }
      return false;
    });
  };
  look([statement], new Set());
  return unique(found);
}

function wrapped(side: unknown): unknown {
  return [{ SelectStmt: side }];
}

const verbs: Readonly<Record<string, Unscoped["verb"]>> = {
  SelectStmt: "reads",
  InsertStmt: "writes",
  UpdateStmt: "updates",
  DeleteStmt: "deletes",
  MergeStmt: "merges into",
  TruncateStmt: "truncates",
};

function check(
  kind: string,
  value: Statement,
  verb: Unscoped["verb"],
  tables: TenantTables,
  hidden: ReadonlySet<string>,
  strictness: Strictness,
): Unscoped[] {
  if (kind === "InsertStmt") return checkInsert(value, tables);
  const from = nodesOf(value["fromClause"] ?? value["usingClause"] ?? value["relations"]);
  const target = rangeOf(value["relation"]);
  const joined = kind === "MergeStmt" ? nodesOf([value["sourceRelation"]]) : from;
  const sources = [
    ...(target === undefined ? [] : [sourceOf(target, tables, new Set())]),
    ...sourcesOf(joined, tables, hidden),
  ];
  const condition = nodesOf([value["whereClause"] ?? value["joinCondition"]])[0];
  const facts = both(factsOf(condition, sources), joinFacts(joined, sources));
  const loose = looseSources(sources, facts, strictness);
  return loose.map((table, index) => ({
    table,
    // The rest of a FROM is only read.
    verb:
      index === 0 && table === sources[0]?.table ? verb : kind === "TruncateStmt" ? verb : "reads",
  }));
}

/** Without a list the columns are all of the table's, the tenant's among them. */
function checkInsert(value: Statement, tables: TenantTables): Unscoped[] {
  const target = rangeOf(value["relation"]);
  const table = target === undefined ? undefined : sourceOf(target, tables, new Set()).table;
  if (table === undefined || table.through) return [];
  const columns = nodesOf(value["cols"]).flatMap((node) =>
    "ResTarget" in node ? [node.ResTarget.name ?? ""] : [],
  );
  const named =
    columns.length === 0 ? value["selectStmt"] !== undefined : columns.includes(table.column);
  return named ? [] : [{ table, verb: "writes" }];
}

function looseSources(
  sources: readonly Source[],
  facts: Facts,
  { trustJoins }: Strictness,
): TenantTable[] {
  if (facts.unknown) return [];
  const fixed = new Set(facts.fixed);
  // As often as there are pairs: each round can reach one further.
  for (let round = 0; round < facts.same.length; round += 1) {
    for (const [a, b] of facts.same) {
      if (fixed.has(a)) fixed.add(b);
      if (fixed.has(b)) fixed.add(a);
    }
  }
  return sources.flatMap(({ alias, table }) => {
    if (table === undefined || fixed.has(alias)) return [];
    const leansOn = (trustJoins || table.through) && fixed.size > 0;
    return leansOn ? [] : [table];
  });
}

function withNames(value: Statement): string[] {
  const clause = value["withClause"] as { readonly ctes?: unknown } | undefined;
  return nodesOf(clause?.ctes).flatMap((node) =>
    "CommonTableExpr" in node ? [node.CommonTableExpr.ctename ?? ""] : [],
  );
}

function nodesOf(value: unknown): Node[] {
  return Array.isArray(value) ? value.filter((each): each is Node => each !== undefined) : [];
}

function rangeOf(value: unknown): Extract<Node, { RangeVar: unknown }>["RangeVar"] | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? value : undefined;
}

function unique(all: readonly Unscoped[]): Unscoped[] {
  const keys = all.map(({ table, verb }) => `${verb} ${table.name}`);
  return all.filter((_, index) => keys.indexOf(keys[index]!) === index);
}
