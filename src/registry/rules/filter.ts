import { isTenantId, tenantStatuses, type TenantStatus } from "../../core/tenant.js";
import type { TenantFilter } from "../contract.js";
import { tenantInvalid } from "../problems.js";
import { mostListed } from "./limits.js";

export interface CheckedFilter {
  readonly status: TenantStatus | null;
  readonly after: string | null;
  readonly limit: number;
}

/** @throws {TenantryError} `TENANT_INVALID` */
export function checkFilter(filter: TenantFilter = {}): CheckedFilter {
  const { status = null, after = null, limit = 100 } = filter;
  if (status !== null && !tenantStatuses.includes(status)) {
    throw badFilter("`status` is none of the statuses", `Use one of ${tenantStatuses.join(", ")}.`);
  }
  if (after !== null && !isTenantId(after)) {
    throw badFilter("`after` is not a tenant's id", "Pass the id of the last tenant you got.");
  }
  if (!Number.isInteger(limit) || limit < 1 || limit > mostListed) {
    throw badFilter("`limit` is out of range", `Ask for 1 to ${mostListed} tenants at a time.`);
  }
  return { status, after, limit };
}

function badFilter(what: string, fix: string) {
  return tenantInvalid(`Tenants cannot be listed so: ${what}.`, fix);
}
