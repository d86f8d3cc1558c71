import { nameOf } from "../catalog/names.js";
import type { ClassifiedTable, Subject } from "../subject/subject.js";
import type { ContextValue } from "./atom.js";
import { columnsAmong, contextsAmong, type Equalities } from "./equalities.js";
import { leadsToOneParent, refersWithTenant } from "./keys.js";
import type { Case } from "./meaning.js";
import type { Analysis, Range } from "./range.js";

type Binding = Pick<Case, "kind" | "contexts" | "via"> & Partial<Pick<Case, "text">>;

/** How the equalities of a case tie the row to the context; undefined where they do not. */
export function bindingOf(
  equalities: Equalities,
  table: ClassifiedTable,
  row: Range,
  { subject }: Analysis,
): Binding | undefined {
  const column = table.tenantColumn?.name;
  if (column !== undefined) {
    const equal = equalities.of(row, column);
    const contexts = contextsAmong(equal);
    if (contexts.length > 0) return direct(contexts, subject);
    const via = columnsAmong(equal).find(({ range }) => range !== row && isTied(range, equalities));
    if (via !== undefined) {
      return {
        kind: "membership",
        contexts: tiesOf(via.range, equalities),
        via: rangeName(via.range),
      };
    }
  }
  const parent = equalities
    .ranges()
    .find((range) => range !== row && isParent(row, range, equalities, subject));
  if (parent !== undefined) return throughParent(table, parent, equalities);
  if (isTied(row, equalities)) {
    return { kind: "user", contexts: tiesOf(row, equalities) };
  }
  return undefined;
}

function direct(contexts: readonly ContextValue[], { context }: Subject): Binding {
  const known = contexts.filter(({ sources }) =>
    sources.every((each) => isTenantSource(each, context)),
  );
  if (known.length > 0) return { kind: "binds", contexts: known };
  const names = contexts.flatMap(({ sources }) => sources.map(({ name }) => name));
  const text = `${names.join(", ")} is not known to hold the tenant`;
  return { kind: "unknown", contexts, text };
}

/** A setting is believed where nobody said which ones hold the tenant, or where this is one of them. */
function isTenantSource(source: ContextValue["sources"][number], context: Subject["context"]) {
  if (source.kind !== "setting") return true;
  if (context.settings.length === 0 || context.settings.includes(source.name)) return true;
  return source.name === "tenantry.scope" || source.name.startsWith("request.jwt.");
}

function throughParent(table: ClassifiedTable, parent: Range, equalities: Equalities): Binding {
  const contexts = tiesOf(parent, equalities);
  const via = rangeName(parent);
  if (table.tenantColumn === undefined) return { kind: "through a parent", contexts, via };
  const carries =
    parent.relation !== undefined &&
    refersWithTenant(table.relation, table.tenantColumn.number, parent.relation);
  return { kind: carries ? "binds" : "parent alone", contexts, via };
}

/** Whether a table's row is settled by columns of `child`, and is itself of the acting tenant. */
function isParent(child: Range, range: Range, equalities: Equalities, subject: Subject): boolean {
  const { relation } = range;
  if (relation === undefined || child.relation === undefined) return false;
  const joined = equalities
    .columnsOf(range)
    .filter((column) =>
      columnsAmong(equalities.of(range, column)).some((each) => each.range === child),
    );
  if (!leadsToOneParent(child.relation, relation, joined)) return false;
  const tenantColumn = subject.tables.get(relation.oid)?.tenantColumn?.name;
  if (tenantColumn === undefined) {
    return equalities
      .ranges()
      .some(
        (next) => next !== child && next !== range && isParent(range, next, equalities, subject),
      );
  }
  const equal = equalities.of(range, tenantColumn);
  if (contextsAmong(equal).length > 0) return true;
  return columnsAmong(equal).some((each) => each.range !== child && isTied(each.range, equalities));
}

/** Whether any column of it is equal to the context, or to a column of a table of which that is so. */
function isTied(range: Range, equalities: Equalities): boolean {
  return tiesOf(range, equalities).length > 0;
}

function tiesOf(start: Range, equalities: Equalities): readonly ContextValue[] {
  const reached: Range[] = [start];
  const found: ContextValue[] = [];
  for (const range of reached) {
    for (const column of equalities.columnsOf(range)) {
      const equal = equalities.of(range, column);
      found.push(...contextsAmong(equal));
      for (const next of columnsAmong(equal)) {
        if (!reached.includes(next.range) && !next.range.isRow) reached.push(next.range);
      }
    }
  }
  return found;
}

function rangeName({ relation, alias }: Range): string {
  return relation === undefined ? alias : nameOf(relation);
}
