import { withClient } from "../database/migrations/client.js";
import { isTenantId } from "../core/tenant.js";
import { TenantryError } from "../core/tenantry-error.js";
import { createOperatorAccess, type RunStatement } from "../registry/postgres/operator-access.js";
import { createPostgresTenants } from "../registry/postgres/postgres-tenants.js";
import type { Invocation } from "./command.js";
import { operatorUrl } from "./connection.js";

type Tenants = ReturnType<typeof createPostgresTenants>;

interface Registry {
  readonly tenants: Tenants;
  /** @throws {TenantryError} `TENANT_NOT_FOUND` */
  idOf(idOrSlug: string): Promise<string>;
}

/**
 * Runs `work` with the registry, over the operator's connection.
 * @throws {TenantryError} `USAGE`, `DATABASE_UNAVAILABLE`, and the registry's own
 */
export async function withRegistry<T>(
  invocation: Invocation,
  work: (registry: Registry) => Promise<T>,
): Promise<T> {
  return withClient(operatorUrl(invocation), (client) => {
    const query: RunStatement = createOperatorAccess({
      query: (text, values) => client.query(text, values),
    });
    return work({
      tenants: createPostgresTenants(query),
      async idOf(idOrSlug) {
        if (isTenantId(idOrSlug)) return idOrSlug;
        const [row] = await query<{ id: string }>(
          "select id from tenantry.tenant where slug = $1",
          [idOrSlug],
        );
        if (row !== undefined) return row.id;
        throw new TenantryError("TENANT_NOT_FOUND", {
          message: `The registry has no tenant with the id or slug ${JSON.stringify(idOrSlug)}.`,
          fix: "See tenantry tenant list.",
        });
      },
    });
  });
}
