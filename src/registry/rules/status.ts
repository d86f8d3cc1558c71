import type { Tenant, TenantStatus } from "../../core/tenant.js";
import { tenantArchived, tenantNotFound } from "../problems.js";

/**
 * The tenant itself where it has the status `target` already; null where it has to be changed.
 * @throws {TenantryError} `TENANT_NOT_FOUND`, `TENANT_CONFLICT` (archived)
 */
export function settled(
  tenant: Tenant | undefined,
  id: string,
  target: TenantStatus,
): Tenant | null {
  if (tenant === undefined) throw tenantNotFound(id);
  if (tenant.status === target) return tenant;
  if (tenant.status === "archived") throw tenantArchived(id);
  return null;
}
