import { columnNames, literal, quoted, sqlName } from "../../../catalog/names.js";
import type { AdoptedTable, Adoption } from "../../adoption.js";
import { referencePlans, type ReferencePlan } from "../reference-plan.js";
import { dollarQuoted } from "../sql.js";
import type { Stage } from "../step.js";

/** Stops where a row has no tenant, or points to another's. */
export function checks(adoption: Adoption): Stage {
  return {
    number: 40,
    name: "checks",
    purpose:
      "Changes nothing. Stops where a row belongs to no tenant, or points to a row of another tenant: `tenantry adopt --shadow` lists them.",
    locks: "None beyond reading.",
    duration: "One read of each of these tables, and one join for each foreign key between them.",
    steps: [
      ...adoption.tables.map((table) => ({
        title: `every row of ${sqlName(table.relation)} has a tenant`,
        statements: [leftovers(table)],
        undo: [],
      })),
      ...referencePlans(adoption).map((plan) => ({
        title: `${plan.old.name} of ${sqlName(plan.table.relation)} stays within the tenant`,
        statements: [crossings(plan)],
        undo: [],
      })),
    ],
  };
}

function leftovers({ relation }: AdoptedTable): string {
  const name = sqlName(relation);
  return dollarQuoted(`declare
  found_rows bigint;
begin
  perform pg_catalog.set_config('row_security', 'off', true);
  select count(*) into found_rows from ${name} where tenant_id is null;
  if found_rows > 0 then
    raise exception '% rows of % belong to no tenant', found_rows, ${literal(name)}
      using hint = 'Delete them, give them what leads to a tenant, or fill tenant_id in by hand; then go on. tenantry adopt --shadow lists some.';
  end if;
end`);
}

function crossings({ table, old, target }: ReferencePlan): string {
  const match = matchOf(table, old, target);
  return dollarQuoted(`declare
  found_rows bigint;
begin
  perform pg_catalog.set_config('row_security', 'off', true);
  select count(*) into found_rows from ${sqlName(table.relation)} child join ${sqlName(target)} parent on ${match}
    where child.tenant_id is distinct from parent.tenant_id;
  if found_rows > 0 then
    raise exception '% rows of % point to a row of another tenant by %', found_rows, ${literal(sqlName(table.relation))}, ${literal(old.name)}
      using hint = 'Mend them, or name the key under keepReferences in the manifest. tenantry adopt --shadow lists some.';
  end if;
end`);
}

export function matchOf(
  { relation }: AdoptedTable,
  old: ReferencePlan["old"],
  target: ReferencePlan["target"],
): string {
  const others = columnNames(target, old.references!.columns);
  return columnNames(relation, old.columns)
    .map((name, index) => `parent.${quoted(others[index]!)} = child.${quoted(name)}`)
    .join(" and ");
}
