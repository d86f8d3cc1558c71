import { nameOf, quoted, sqlName } from "../catalog/names.js";
import type { Relation } from "../catalog/relation.js";
import { parseExpression } from "../sql/parse.js";
import { walk } from "../sql/walk.js";
import { tablesIn } from "../sql/nodes.js";
import { tenantTables, type Subject } from "../subject/subject.js";
import type { Check, Found } from "./check.js";
import { contextSql } from "./support/policy-mend.js";

export const b17: Check = {
  id: "B17",
  name: "recursion-and-defaults",
  severity: "medium",
  title: "A policy that leads back to itself, or a constant as the default tenant",
  meaning:
    "A policy whose sub-select reads a table whose own policies read the first one again fails with an error for every statement, and tempts people to switch row security off. A constant as the tenant column's default gives every row whose tenant was forgotten to one customer.",
  *find(subject) {
    yield* recursions(subject);
    yield* constantDefaults(subject);
  },
};

function* recursions({ catalog }: Subject): Iterable<Found> {
  const guarded = [...catalog.relations.values()].filter(
    ({ rowSecurity, policies }) => rowSecurity && policies.length > 0,
  );
  const reads = new Map(guarded.map((relation) => [relation, tablesRead(relation, guarded)]));
  const told = new Set<Relation>();
  for (const relation of guarded) {
    if (told.has(relation)) continue;
    const circle = circleFrom(relation, reads);
    if (circle === undefined) continue;
    for (const each of circle) told.add(each);
    const names = [...circle, relation].map(nameOf).join(" → ");
    yield {
      subject: nameOf(relation),
      message: `The policies of ${nameOf(relation)} lead back to it (${names}): statements on it fail with "infinite recursion detected in policy".`,
      mend: `Put the sub-select into a SECURITY DEFINER function, STABLE and with SET search_path = ${quoted(relation.schema)}, pg_temp, whose owner row security does not hold, and call that in the policy.`,
    };
  }
}

function tablesRead({ policies }: Relation, guarded: readonly Relation[]): readonly Relation[] {
  const named = policies.flatMap(({ using, check }) =>
    [using, check].flatMap((text) => (text === null ? [] : tablesIn(parseExpression(text)))),
  );
  return guarded.filter(({ schema, name }) =>
    named.some((each) => each.name === name && each.schema === schema),
  );
}

/** The shortest way round, without the end that is its beginning. */
function circleFrom(
  start: Relation,
  reads: ReadonlyMap<Relation, readonly Relation[]>,
): readonly Relation[] | undefined {
  const paths: (readonly Relation[])[] = [[start]];
  const seen = new Set<Relation>();
  for (const path of paths) {
    for (const next of reads.get(path.at(-1)!) ?? []) {
      if (next === start) return path;
      if (seen.has(next)) continue;
      seen.add(next);
      paths.push([...path, next]);
    }
  }
  return undefined;
}

function* constantDefaults(subject: Subject): Iterable<Found> {
  for (const table of tenantTables(subject)) {
    const { relation, tenantColumn } = table;
    if (tenantColumn?.default == null || tenantColumn.generated !== "" || relation.isPartition)
      continue;
    if (relation === subject.root || !isConstant(tenantColumn.default)) continue;
    yield {
      subject: nameOf(relation),
      detail: "default",
      message: `${nameOf(relation)}.${tenantColumn.name} defaults to ${tenantColumn.default}: a row whose tenant was forgotten goes to that one.`,
      mend: `ALTER TABLE ${sqlName(relation)} ALTER COLUMN ${quoted(tenantColumn.name)} SET DEFAULT ${defaultSql(contextSql(subject, table))};`,
    };
  }
}

/** A default holds no sub-select. */
function defaultSql(context: string): string {
  if (context.includes("tenantry.")) return "tenantry.claimed_tenant()";
  return context.replace(/^\(select (.*)\)$/, "$1");
}

function isConstant(expression: string): boolean {
  const node = parseExpression(expression);
  let moves = node === undefined;
  let isNull = false;
  walk(node, (kind, value) => {
    moves ||= ["FuncCall", "SQLValueFunction", "ColumnRef", "SubLink"].includes(kind);
    isNull ||= kind === "A_Const" && value["isnull"] === true;
    return undefined;
  });
  return !moves && !isNull;
}
