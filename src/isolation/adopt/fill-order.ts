import { nameOf } from "../catalog/names.js";
import type { Relation } from "../catalog/relation.js";
import type { TenantryError } from "../../core/tenantry-error.js";
import type { AdoptedTable } from "./adoption.js";
import { invalid } from "./invalid.js";

/**
 * Each table after those whose rows its own learn their tenant from, and after what it inherits from.
 * @throws {TenantryError} `MANIFEST_INVALID` where they wait for one another, or for a table of nobody's
 */
export function inFillOrder(
  tables: readonly AdoptedTable[],
  root: Relation,
): readonly AdoptedTable[] {
  const done = new Set<Relation>();
  const ordered: AdoptedTable[] = [];
  let waiting = [...tables].sort(
    (a, b) => rank(a, root) - rank(b, root) || (nameOf(a.relation) < nameOf(b.relation) ? -1 : 1),
  );
  while (waiting.length > 0) {
    const late = new Set(waiting.map(({ relation }) => relation.oid));
    const ready = waiting.filter(
      ({ relation, ways }) =>
        ways.every(({ target }) => done.has(target)) &&
        !relation.parents.some((parent) => late.has(parent)),
    );
    if (ready.length === 0) throw stuck(waiting, tables);
    for (const table of ready) done.add(table.relation);
    ordered.push(...ready);
    waiting = waiting.filter((table) => !ready.includes(table));
  }
  return ordered;
}

function rank({ relation }: AdoptedTable, root: Relation): number {
  return relation === root ? 0 : 1;
}

function stuck(waiting: readonly AdoptedTable[], tables: readonly AdoptedTable[]): TenantryError {
  const known = new Set(tables.map(({ relation }) => relation));
  const lost = waiting.flatMap(({ relation, ways }) =>
    ways
      .filter(({ target }) => !known.has(target))
      .map(({ target }) => [relation, target] as const),
  )[0];
  const problem =
    lost === undefined
      ? `these tables learn their tenant from one another: ${waiting.map(({ relation }) => nameOf(relation)).join(", ")}`
      : `${nameOf(lost[0])} learns its tenant from ${nameOf(lost[1])}, which is no tenant table`;
  return invalid(problem, "Mend `through` of these tables, so that each way leads to the root.");
}
