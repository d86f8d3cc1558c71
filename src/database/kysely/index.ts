export { kyselyTenancy, type KyselyTenancyOptions } from "./tenancy.js";
export { unscopedSql, type UnscopedMark } from "./raw.js";
export type { KyselyDialect } from "./slices.js";
export type { TenantTableOptions } from "../orm/tenant-tables.js";
