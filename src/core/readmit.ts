import { issueScope, type Actor, type TenantScope } from "./scope.js";
import type { TenantLookup } from "./tenant.js";
import { TenantryError } from "./tenantry-error.js";

/** What a seal says that was opened: whom it was made for, and where it was found. */
export interface OpenedSeal {
  readonly tenantId: string;
  readonly actor: Actor;
  /** For the scope's evidence; never the seal itself. */
  readonly detail: string;
}

/**
 * The scope that a seal carried, if its tenant may still be served: the registry is asked anew.
 * @throws {TenantryError} `TENANT_NOT_FOUND`, `TENANT_INACTIVE`, `REGISTRY_UNAVAILABLE`
 */
export async function readmit(
  lookup: TenantLookup,
  { tenantId, actor, detail }: OpenedSeal,
): Promise<TenantScope> {
  const tenant = await lookup.find({ by: "id", value: tenantId });
  if (tenant === null) {
    throw new TenantryError("TENANT_NOT_FOUND", {
      message: `A seal names tenant ${tenantId}, which the registry does not have.`,
      fix: "Use the registry that the seal's maker uses.",
    });
  }
  if (tenant.status !== "active") {
    throw new TenantryError("TENANT_INACTIVE", {
      message: `A seal names tenant ${tenantId}, which is ${tenant.status}.`,
      fix: "Reactivate the tenant, or let the work go.",
    });
  }
  return issueScope(tenant, actor, [{ source: "seal", detail }]);
}
