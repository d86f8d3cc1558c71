import { issueScope, type Actor, type Evidence, type TenantScope } from "./scope.js";
import type { TenantLookup } from "./tenant.js";
import { TenantryError } from "./tenantry-error.js";

/** Whom a seal was made for that was just opened. */
export interface SealedScope {
  readonly tenantId: string;
  readonly actor: Actor;
}

/**
 * The scope that a seal carried, if its tenant may be served now: the seal proves whose the work is;
 * whether that tenant may still work is for the registry to say.
 * @param evidence where the seal was found; never the seal itself
 * @throws {TenantryError} `TENANT_NOT_FOUND`; `TENANT_INACTIVE`, with the status as its cause, which
 * tells a wait from an end; `REGISTRY_UNAVAILABLE`
 */
export async function readmit(
  lookup: TenantLookup,
  { tenantId, actor }: SealedScope,
  evidence: Evidence,
): Promise<TenantScope> {
  const tenant = await lookup.find({ by: "id", value: tenantId });
  if (tenant === null) {
    throw new TenantryError("TENANT_NOT_FOUND", {
      message: `A seal names tenant ${tenantId}, which the registry does not have.`,
      fix: "Let those who seal and those who open use one registry.",
    });
  }
  if (tenant.status !== "active") {
    throw new TenantryError("TENANT_INACTIVE", {
      message: `A seal names tenant ${tenantId}, which is ${tenant.status}.`,
      fix: "Reactivate the tenant and try again, or let the work go.",
      cause: tenant.status,
    });
  }
  return issueScope(tenant, actor, [evidence]);
}
