import type { Tenant } from "../../core/tenant.js";
import type { IdentityDatabase } from "../identity-database.js";
import { permissionDenied } from "./refusal.js";
import type { Roles } from "./roles.js";
import { createStandings, type VersionedStanding } from "./standing.js";

/**
 * How the account stands in the tenant now, where it is an active member with the permission.
 * @throws {TenantryError} `PERMISSION_DENIED`
 */
export type Permitted = (
  tenant: Tenant,
  accountId: string,
  permission: string,
) => Promise<VersionedStanding>;

/** The one place that asks whether a member may do something, by what the database says now. */
export function createPermitted(
  database: Pick<IdentityDatabase, "inTenant">,
  roles: Roles,
): Permitted {
  const standingOf = createStandings(database, roles);
  return async (tenant, accountId, permission) => {
    const { me } = await standingOf(tenant, accountId, accountId);
    if (me?.status === "active" && me.permissions.includes(permission)) return me;
    throw permissionDenied();
  };
}
