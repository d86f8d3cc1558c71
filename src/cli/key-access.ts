import { isTenantryError, TenantryError } from "../core/tenantry-error.js";
import { withClient, type MigrationClient } from "../database/migrations/client.js";
import { asOwner } from "../database/migrations/privileges.js";
import type { Invocation } from "./command.js";
import { migrationUrl } from "./connection.js";

/**
 * Runs `work` on the keys, as `tenantry_owner`, in one transaction.
 * @throws {TenantryError} `USAGE`, `DATABASE_UNAVAILABLE`, `MIGRATION_FAILED`
 */
export async function withKeys<T>(
  invocation: Invocation,
  work: (client: MigrationClient) => Promise<T>,
): Promise<T> {
  return withClient(migrationUrl(invocation), async (client) => {
    try {
      return await asOwner(client, () => work(client));
    } catch (error) {
      throw isTenantryError(error) ? error : refused(error);
    }
  });
}

/** No such table, schema, function, or role to set. */
const notMigrated = ["42P01", "3F000", "42883", "22023"];

function refused(cause: unknown): TenantryError {
  const { code = "", message, hint } = cause as Partial<Record<string, string>>;
  return new TenantryError("MIGRATION_FAILED", {
    message: `The database refuses: ${message}.`,
    fix: notMigrated.includes(code)
      ? "Tenantry's schema is missing or old there: run tenantry migrate."
      : (hint ?? "Mend what PostgreSQL names."),
    cause,
  });
}
