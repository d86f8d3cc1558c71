export type {
  Device,
  EndTarget,
  Grant,
  GrantDatabase,
  Granted,
  Grants,
  RefreshContext,
  RefreshResult,
  Reuse,
  StartOptions,
} from "./contract.js";
export { createGrants, type GrantsOptions } from "./create-grants.js";
export { createGrantDatabase } from "./grant-database.js";
export type { Standing } from "./standing.js";
