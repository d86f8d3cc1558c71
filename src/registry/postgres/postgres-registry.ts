import type { TenantRegistry } from "../contract.js";
import { createDomainCheck, type DomainOptions } from "../rules/domain.js";
import { createOperatorAccess } from "./operator-access.js";
import { createPostgresDomains } from "./postgres-domains.js";
import { createPostgresLookup, type PostgresLookupOptions } from "./postgres-lookup.js";
import { createPostgresTenants } from "./postgres-tenants.js";
import type { Queryable } from "./queryable.js";

export interface PostgresRegistryOptions extends PostgresLookupOptions, DomainOptions {
  /**
   * Connections of the operator role. Without them only `find` works; all else throws
   * `OPERATOR_UNAVAILABLE`.
   */
  readonly operator?: Queryable;
}

/**
 * The registry in PostgreSQL (migrations/000002_registry.sql). Look-ups go through `app`, all else
 * through `operator`. An error of the server or the connection is `REGISTRY_UNAVAILABLE`.
 * @throws {TenantryError} `CONFIG_INVALID`
 */
export function createPostgresRegistry(options: PostgresRegistryOptions): TenantRegistry {
  const run = createOperatorAccess(options.operator);
  return {
    ...createPostgresLookup(options),
    ...createPostgresTenants(run),
    ...createPostgresDomains(run, createDomainCheck(options)),
  };
}
