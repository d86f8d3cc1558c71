import type { Tenant, TenantLookup } from "../../core/tenant.js";
import { TenantryError } from "../../core/tenantry-error.js";
import type { IdentityDatabase } from "../identity-database.js";
import type { GrantDatabase } from "./contract.js";

const actor = { kind: "system", id: "identity" } as const;

/** The registry is asked for the tenant each time, which its cache answers. */
export function createGrantDatabase(
  database: Pick<IdentityDatabase, "inTenant">,
  tenants: TenantLookup,
): GrantDatabase {
  return {
    async query<R>(
      tenantId: string,
      text: string,
      values: readonly unknown[],
      { anyStatus = false }: { readonly anyStatus?: boolean } = {},
    ) {
      const tenant = await tenants.find({ by: "id", value: tenantId });
      if (tenant === null) throw notFound(tenantId);
      if (tenant.status !== "active" && !anyStatus) throw inactive(tenant);
      const { rows } = await database.inTenant(tenant, actor, text, values);
      return { rows: rows as readonly R[] };
    },
  };
}

function notFound(tenantId: string): TenantryError {
  return new TenantryError("TENANT_NOT_FOUND", {
    message: `The registry has no tenant ${tenantId}.`,
    fix: "Let whoever asks for grants take the tenant from the registry.",
  });
}

function inactive({ id, status }: Tenant): TenantryError {
  return new TenantryError("TENANT_INACTIVE", {
    message: `Tenant ${id} is ${status}, so it gives no grants.`,
    fix: "Reactivate the tenant, or let its people go.",
    cause: status,
  });
}
