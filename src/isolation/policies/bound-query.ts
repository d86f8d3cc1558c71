import type { Role } from "../catalog/roles.js";
import { parseSql } from "../sql/parse.js";
import { tenantTables, type ClassifiedTable, type Subject } from "../subject/subject.js";
import type { Atom } from "./atom.js";
import { bindingOf } from "./binding.js";
import { Equalities } from "./equalities.js";
import { always, casesOf } from "./formula.js";
import type { MeaningKind } from "./meaning.js";
import { branchesOf } from "./queries.js";
import type { Analysis, Range } from "./range.js";
import { newAnalysis, outermost } from "./read-expression.js";

const bound = new Set<MeaningKind>(["binds", "membership", "through a parent"]);

/**
 * Whether a query's own conditions tie a tenant's row to the acting tenant, in every branch and
 * whenever it has a row; policies are not counted.
 */
export function isBoundQuery(text: string, reader: Role, subject: Subject): boolean {
  const parsed = parseSql(text);
  const [statement] = "statements" in parsed ? parsed.statements : [];
  const analysis = newAnalysis({ role: reader, login: reader }, subject, () => always, []);
  const branches = branchesOf(statement?.node, outermost(analysis));
  return (
    branches.length > 0 &&
    branches.every(({ given }) => casesOf(given)?.every((each) => isBound(each, analysis)) ?? false)
  );
}

function isBound(atoms: readonly Atom[], analysis: Analysis): boolean {
  const equalities = new Equalities(atoms);
  if (equalities.isContradictory()) return true;
  return equalities.ranges().some((range) => {
    const table = tenantTableOf(range, analysis);
    if (table === undefined) return false;
    const binding = bindingOf(equalities, table, range, analysis);
    return binding !== undefined && bound.has(binding.kind);
  });
}

/** A materialized view keeps tenants' rows too, under the name that their column has elsewhere. */
function tenantTableOf({ relation }: Range, { subject }: Analysis): ClassifiedTable | undefined {
  if (relation?.kind !== "materialized view") {
    const table = subject.tables.get(relation?.oid ?? -1);
    return table?.class === "tenant" ? table : undefined;
  }
  const names = new Set(tenantTables(subject).map(({ tenantColumn }) => tenantColumn?.name));
  const tenantColumn = relation.columns.find(({ name }) => names.has(name));
  return { relation, class: "tenant", tenantColumn, why: "it keeps tenants' rows" };
}
