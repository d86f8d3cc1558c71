import { literal, quoted } from "../../../catalog/names.js";

/** Whether an index leads with the tenant, as an SQL condition. */
export function leads(schema: string, index: string): string {
  const name = literal(`${quoted(schema)}.${quoted(index)}`);
  return `exists (select from pg_catalog.pg_index i join pg_catalog.pg_attribute a on a.attrelid = i.indrelid and a.attnum = i.indkey[0]
    where i.indexrelid = pg_catalog.to_regclass(${name}) and a.attname = 'tenant_id')`;
}
