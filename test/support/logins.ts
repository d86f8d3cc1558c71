import { createHmac } from "node:crypto";

/**
 * The login roles of the tests. Roles belong to the whole server, so they are made once, stay, and
 * have names that nobody else uses.
 */
export const loginRoles = {
  migrator: "tenantry_test_migrator",
  owner: "tenantry_test_owner",
  app: "tenantry_test_app",
  operator: "tenantry_test_operator",
  identity: "tenantry_test_identity",
} as const;

/**
 * The same in every run against a server, since runs may overlap; and known only to whoever has
 * the superuser's URL anyway.
 */
export function rolePasswordFor(adminUrl: string): string {
  return createHmac("sha256", adminUrl).update("tenantry test roles").digest("hex").slice(0, 32);
}

export function urlFor(
  adminUrl: string,
  database: string,
  role?: string,
  password?: string,
): string {
  const url = new URL(adminUrl);
  url.pathname = `/${database}`;
  if (role !== undefined) url.username = role;
  if (password !== undefined) url.password = password;
  return url.href;
}
