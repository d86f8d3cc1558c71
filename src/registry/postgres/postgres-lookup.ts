import type { KeyRing } from "../../core/seal/key-ring.js";
import { createSealSource } from "../../core/seal/seal-source.js";
import { noTenant } from "../../core/seal/seal.js";
import type { TenantLookup } from "../../core/tenant.js";
import { isFindable } from "../rules/findable.js";
import { rowsOf, type Queryable } from "./queryable.js";
import { toTenantryError } from "./refusal.js";
import { tenantColumns, toTenant, type TenantRow } from "./rows.js";

const findStatement = `select ${tenantColumns} from tenantry.find_tenant($1, $2, $3)`;

export interface PostgresLookupOptions {
  /**
   * Connections of the app role, without a scope. It may read no table of the registry: it asks a
   * function, which demands a seal.
   */
  readonly app: Queryable;
  readonly keys: KeyRing;
  /** Milliseconds since the epoch. Default the system's clock. */
  readonly now?: () => number;
}

/** Finds tenants with no more power than the app role has. */
export function createPostgresLookup(options: PostgresLookupOptions): TenantLookup {
  const { app, keys, now = Date.now } = options;
  const seals = createSealSource(keys, "registry", { capacity: 1, now });
  return {
    async find(key) {
      if (!isFindable(key)) return null;
      try {
        // The seal is a bound parameter: as a literal, pg_stat_activity would show it.
        const rows = await rowsOf<TenantRow>(app, findStatement, [
          seals.sealFor(noTenant),
          key.by,
          key.value,
        ]);
        return rows[0] === undefined ? null : toTenant(rows[0]);
      } catch (error) {
        throw toTenantryError(error);
      }
    },
  };
}
