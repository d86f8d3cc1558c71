import type { Attack } from "./support/attack.js";

/** Large objects know no row security: they belong to the role, which all tenants share. */
export const attack: Attack = {
  title: "A large object of another tenant is read",
  notOnTheTwin: "large objects belong to no table",
  onlyThroughTenantry:
    "they belong to the role that all tenants share; the functions are a superuser's to revoke",
  stoppedBy: ["42501"],
  fire: async ({ run }) => [
    await run("select convert_from(lo_get(oid), 'UTF8') from pg_largeobject_metadata"),
    await run("select convert_from(data, 'UTF8') from pg_largeobject"),
  ],
};
