export { tenantryPrisma, type QueryExtension } from "./extension.js";
export { asPgPool } from "./pg-pool.js";
export type { TenantryPrismaOptions } from "./options.js";
export { dangerouslyUnfilteredSql } from "./raw-sql.js";
export { keepScopesApart } from "./scope-batches.js";
