import { TenantryError } from "../../core/tenantry-error.js";

/** What identity itself asks for. The application's own permissions stand beside them. */
export const identityPermissions = [
  "members:read",
  "members:manage",
  "roles:manage",
  "keys:manage",
  "events:read",
] as const;

export type IdentityPermission = (typeof identityPermissions)[number];

export const builtInRoles = ["owner", "admin", "member", "viewer"] as const;
export type BuiltInRole = (typeof builtInRoles)[number];

export interface RolesOptions {
  /** Every permission of the application's own: `area:action`, lower case. */
  readonly permissions?: readonly string[];
  /**
   * What the built-in roles may, beside what identity gives them. An owner may everything, so there is
   * nothing to say for one. Default: an admin everything of the application's, the others nothing.
   */
  readonly roles?: Partial<Readonly<Record<Exclude<BuiltInRole, "owner">, readonly string[]>>>;
}

/** Who may what, by the name of a role. What is not known is not allowed. */
export interface Roles {
  /** Every permission there is. */
  readonly permissions: ReadonlySet<string>;
  /**
   * What a role may. `custom`: what a tenant's own role of that name is stored with, or null; a
   * permission that the application no longer knows is left out.
   */
  permissionsOf(role: string, custom: readonly string[] | null): readonly string[];
}

const permissionPattern = /^[a-z][a-z0-9-]{0,31}:[a-z][a-z0-9-]{0,31}$/;

const byIdentity: Readonly<Record<Exclude<BuiltInRole, "owner">, readonly string[]>> = {
  admin: ["members:read", "members:manage", "keys:manage", "events:read"],
  member: ["members:read"],
  viewer: ["members:read"],
};

/** @throws {TenantryError} `CONFIG_INVALID` */
export function createRoles({ permissions = [], roles = {} }: RolesOptions = {}): Roles {
  for (const permission of permissions) assertPermission(permission);
  const known = new Set<string>([...identityPermissions, ...permissions]);
  const built = new Map<string, readonly string[]>([["owner", Object.freeze([...known].sort())]]);
  for (const role of ["admin", "member", "viewer"] as const) {
    const own = roles[role] ?? (role === "admin" ? permissions : []);
    for (const permission of own) {
      if (!known.has(permission)) throw unknownPermission(role, permission);
    }
    built.set(role, Object.freeze([...new Set([...byIdentity[role], ...own])].sort()));
  }
  return Object.freeze({
    permissions: known,
    permissionsOf(role: string, custom: readonly string[] | null): readonly string[] {
      const fixed = built.get(role);
      if (fixed !== undefined) return fixed;
      return Object.freeze((custom ?? []).filter((permission) => known.has(permission)).sort());
    },
  });
}

function assertPermission(permission: unknown): void {
  if (typeof permission === "string" && permissionPattern.test(permission)) return;
  throw new TenantryError("CONFIG_INVALID", {
    message: `\`permissions\` has ${JSON.stringify(permission)}.`,
    fix: 'Name each permission as "area:action", in lower case: "invoices:write".',
  });
}

function unknownPermission(role: string, permission: unknown): TenantryError {
  return new TenantryError("CONFIG_INVALID", {
    message: `The role ${role} is given ${JSON.stringify(permission)}, which \`permissions\` does not list.`,
    fix: "List every permission of the application in `permissions` first.",
  });
}
