import type { Tenant } from "../../core/tenant.js";
import { TenantryError } from "../../core/tenantry-error.js";
import { recorded } from "../caller.js";
import type { IdentityDatabase } from "../identity-database.js";
import type { By } from "./members.js";
import { createPermitted } from "./permitted.js";
import { permissionDenied, roleUnknown } from "./refusal.js";
import { builtInRoles, type Roles } from "./roles.js";
import * as sql from "./statements.js";
import { whileUnchanged } from "./while-unchanged.js";

/** A role that a tenant has made for itself. */
export interface TenantRole {
  readonly name: string;
  readonly permissions: readonly string[];
}

/** A tenant's own roles, beside the built-in ones. */
export interface TenantRoles {
  /** By name. Any member may see them. @throws {TenantryError} `PERMISSION_DENIED` */
  list(tenant: Tenant, by: By): Promise<readonly TenantRole[]>;
  /**
   * Makes the role, or gives it other permissions: what its members may changes with it at once.
   * @throws {TenantryError} `PERMISSION_DENIED` also where the role could do more than its maker;
   * `ROLE_INVALID` for a name or permission that cannot be
   */
  save(tenant: Tenant, role: TenantRole, by: By): Promise<void>;
  /**
   * Its members stay, and may nothing until they are given another role.
   * @throws {TenantryError} `PERMISSION_DENIED`, `ROLE_UNKNOWN`
   */
  remove(tenant: Tenant, name: string, by: By): Promise<void>;
}

export function createTenantRoles(
  database: Pick<IdentityDatabase, "inTenant">,
  roles: Roles,
): TenantRoles {
  const permitted = createPermitted(database, roles);

  async function run(
    tenant: Tenant,
    by: By,
    text: string,
    values: readonly unknown[],
  ): Promise<unknown> {
    const actor = { kind: "user", id: by.accountId } as const;
    return (await database.inTenant(tenant, actor, text, [tenant.id, ...values])).rows[0];
  }

  return {
    async list(tenant, by) {
      await permitted(tenant, by.accountId, "members:read");
      const actor = { kind: "user", id: by.accountId } as const;
      const { rows } = await database.inTenant(tenant, actor, sql.listRoles, [tenant.id]);
      return rows as readonly TenantRole[];
    },
    async save(tenant, { name, permissions }, by) {
      assertRole(name, permissions, roles);
      const sorted = [...new Set(permissions)].sort();
      const values = [name, sorted, by.accountId, ...recorded(by.caller)];
      const decide = async () => {
        const me = await permitted(tenant, by.accountId, "roles:manage");
        if (sorted.every((permission) => me.permissions.includes(permission))) return me;
        throw permissionDenied();
      };
      await whileUnchanged(decide, (me) => run(tenant, by, sql.saveRole, [...values, me.version]));
    },
    async remove(tenant, name, by) {
      const values = [name, by.accountId, ...recorded(by.caller)];
      const removed = await whileUnchanged(
        () => permitted(tenant, by.accountId, "roles:manage"),
        (me) => run(tenant, by, sql.removeRole, [...values, me.version]),
      );
      if (removed === null) throw roleUnknown(name);
    },
  };
}

function assertRole(name: string, permissions: readonly string[], roles: Roles): void {
  const isName = typeof name === "string" && /^[a-z][a-z0-9-]{0,31}$/.test(name);
  const isFree = !builtInRoles.some((builtIn) => builtIn === name);
  const unknown = permissions.find((permission) => !roles.permissions.has(permission));
  if (isName && isFree && unknown === undefined && permissions.length <= 64) return;
  throw new TenantryError("ROLE_INVALID", {
    message:
      unknown === undefined
        ? `${JSON.stringify(name)} is no name for a role, or it has more than 64 permissions.`
        : `The application has no permission ${JSON.stringify(unknown)}.`,
    fix: "Name it in lower case, up to 32 letters, digits and hyphens, other than owner, admin, member and viewer; give it permissions that createRoles lists.",
  });
}
