import { quoted, sqlName } from "../../catalog/names.js";
import type { ClassifiedTable, Subject } from "../../subject/subject.js";
import { policyBonds } from "../../policies/index.js";

/** How the database at hand reads the acting tenant, as SQL. */
export function contextSql(subject: Subject, { tenantColumn }: ClassifiedTable): string {
  const { sealed, settings } = subject.context;
  const type = tenantColumn?.type ?? "uuid";
  // Tenantry's tenants are uuids: a column of another type is held by another setting.
  if (sealed && type === "uuid") return "(select tenantry.current_tenant())";
  const used = policyBonds(subject)
    .flatMap((bond) => bond.case.contexts.flatMap(({ sources }) => sources))
    .find(({ kind }) => kind === "setting");
  const setting = settings[0] ?? used?.name ?? "app.tenant_id";
  return `(select nullif(current_setting('${setting}', true), '')::${type})`;
}

/** A floor under whatever other policies let in: every command, for every role. */
export function floorSql(subject: Subject, table: ClassifiedTable): string {
  const { relation, tenantColumn } = table;
  if (tenantColumn === undefined) {
    return `Give ${sqlName(relation)} a tenant column (tenantry adopt writes the migration), then a restrictive policy on it for every command.`;
  }
  const bound = `${quoted(tenantColumn.name)} = ${contextSql(subject, table)}`;
  return `CREATE POLICY tenant_floor ON ${sqlName(relation)} AS RESTRICTIVE FOR ALL TO PUBLIC USING (${bound}) WITH CHECK (${bound});`;
}
