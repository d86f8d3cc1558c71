import type { Role } from "../catalog/roles.js";
import { parseSql, type Node } from "../sql/parse.js";
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

/** As `isBoundStatement`, of a view's query. */
export function isBoundQuery(text: string, reader: Role, subject: Subject): boolean {
  const parsed = parseSql(text);
  const [statement] = "statements" in parsed ? parsed.statements : [];
  return statement !== undefined && isBoundStatement(statement.node, reader, subject);
}

/**
 * Whether a statement's own conditions tie a tenant's row to the acting tenant, in every branch and
 * whenever it has a row; policies are not counted.
 * @param trusted a function of which all that it gives is the acting tenant's, be it the tenant or not
 */
export function isBoundStatement(
  statement: Node,
  reader: Role,
  subject: Subject,
  trusted?: string,
): boolean {
  const { context } = subject;
  const functions = trusted === undefined ? context.functions : [...context.functions, trusted];
  const trusting = { ...subject, context: { ...context, functions } };
  const analysis = newAnalysis({ role: reader, login: reader }, trusting, () => always, []);
  const branches = branchesOf(asQuery(statement), outermost(analysis));
  const holds = (atoms: readonly Atom[]) => isBound(atoms, analysis, trusted);
  return (
    branches.length > 0 && branches.every(({ given }) => casesOf(given)?.every(holds) ?? false)
  );
}

/** The rows that an UPDATE or DELETE reaches are those of a query with its FROM and WHERE. */
function asQuery(statement: Node): Node {
  const found =
    "UpdateStmt" in statement
      ? { ...statement.UpdateStmt, others: statement.UpdateStmt.fromClause }
      : "DeleteStmt" in statement
        ? { ...statement.DeleteStmt, others: statement.DeleteStmt.usingClause }
        : undefined;
  if (found?.relation === undefined) return statement;
  const { relation, others = [], whereClause } = found;
  const where = whereClause === undefined ? {} : { whereClause };
  return { SelectStmt: { fromClause: [{ RangeVar: relation }, ...others], ...where } };
}

function isBound(atoms: readonly Atom[], analysis: Analysis, trusted?: string): boolean {
  const equalities = new Equalities(atoms);
  if (equalities.isContradictory()) return true;
  return equalities.ranges().some((range) => {
    const table = tenantTableOf(range, analysis);
    if (table === undefined) return false;
    const binding = bindingOf(equalities, table, range, analysis);
    if (binding === undefined) return false;
    const sources = binding.contexts.flatMap((each) => each.sources);
    return bound.has(binding.kind) || sources.some(({ name }) => name === trusted);
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
