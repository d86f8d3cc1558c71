import { sqlName } from "../../../catalog/names.js";
import { isChild, tenantColumnOf, type AdoptedTable, type Adoption } from "../../adoption.js";
import { constraintIs, when } from "../sql.js";
import type { Stage, Step } from "../step.js";

const present = "tenantry_tenant_id_present";

/** Makes the column not null without a scan under an exclusive lock. */
export function notNull(adoption: Adoption): Stage {
  const tables = adoption.tables.filter(
    (table) => tenantColumnOf(table.relation)?.notNull !== true && !isChild(adoption, table),
  );
  return {
    number: 50,
    name: "not-null",
    purpose:
      "Makes tenant_id NOT NULL: a CHECK is added unproven, validated, and stands in for the scan that SET NOT NULL would make. From here on the old app can add no row of which no way leads to a tenant.",
    locks:
      "ACCESS EXCLUSIVE for a moment, twice; SHARE UPDATE EXCLUSIVE, which lets reads and writes pass, while the CHECK is validated.",
    duration: "One read of each table.",
    steps: tables.map(step),
  };
}

function step(adopted: AdoptedTable): Step {
  const { relation } = adopted;
  const table = sqlName(relation);
  const isNullable = `exists (select from pg_catalog.pg_attribute where attrelid = '${table.replaceAll("'", "''")}'::regclass and attname = 'tenant_id' and not attnotnull)`;
  return {
    title: `${table}.tenant_id is never null`,
    statements: [
      when(
        `${isNullable} and not ${constraintIs(relation, present)}`,
        `alter table ${table} add constraint ${present} check (tenant_id is not null) not valid`,
      ),
      when(constraintIs(relation, present), `alter table ${table} validate constraint ${present}`),
      when(isNullable, `alter table ${table} alter column tenant_id set not null`),
      `alter table ${table} drop constraint if exists ${present}`,
    ],
    undo: [
      `alter table ${table} drop constraint if exists ${present}`,
      `alter table ${table} alter column tenant_id drop not null`,
    ],
  };
}
