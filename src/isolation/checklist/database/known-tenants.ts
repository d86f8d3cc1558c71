import { sqlName, quoted } from "../../catalog/names.js";
import { isUnreadable, type Ask } from "./ask.js";
import { tenantTables, type Subject } from "../../subject/subject.js";

/** Ids of tenants, and slugs where the registry has them; bounded. */
export type KnownTenants = ReadonlySet<string>;

const most = 10_000;
const mostTables = 5;

/**
 * The tenants that there are: from Tenantry's registry, else the root's keys, else what stands in the
 * tenant columns of some tables. Empty where the login may read none of them.
 */
export async function readTenants(ask: Ask, subject: Subject): Promise<KnownTenants> {
  const found = new Set<string>();
  for (const query of queriesFor(subject)) {
    const rows = await ask<{ name: string | null }>(query).catch(denied);
    for (const { name } of rows) if (name !== null && name.length > 0) found.add(name);
    if (found.size > 0 && subject.context.sealed) break;
  }
  return found;
}

function queriesFor(subject: Subject): readonly string[] {
  const columns = tenantTables(subject)
    .filter(({ tenantColumn, relation }) => tenantColumn !== undefined && !relation.isPartition)
    .sort((a, b) => a.relation.estimatedRows - b.relation.estimatedRows)
    .slice(0, mostTables)
    .map(
      ({ relation, tenantColumn }) =>
        `select distinct ${quoted(tenantColumn!.name)}::text as name from ${sqlName(relation)} limit ${most}`,
    );
  return subject.context.sealed ? [registry, ...columns] : columns;
}

const registry = `select unnest(array[id::text, slug]) as name from tenantry.tenant limit ${2 * most}`;

/** What may not be read is not known; a broken connection is not swallowed. */
function denied(error: unknown): readonly { name: null }[] {
  if (isUnreadable(error)) return [];
  throw error;
}
