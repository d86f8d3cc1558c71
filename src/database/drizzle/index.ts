export { drizzleTenancy, type DrizzleTenancyOptions } from "./tenancy.js";
export { unscopedSql, type UnscopedMark } from "./raw.js";
export type { DrizzleDatabase, DrizzleSqlTag } from "./slices.js";
