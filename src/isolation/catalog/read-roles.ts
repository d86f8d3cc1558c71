import { rowsOf } from "../../database/migrations/client.js";
import type { Catalog } from "./catalog.js";
import type { Reader } from "./reader.js";
import type { Membership, Role } from "./roles.js";

export async function readRoles(client: Reader): Promise<Pick<Catalog, "roles" | "memberships">> {
  const roles = await rowsOf<Role>(
    client,
    `select oid::bigint::float8 as oid, rolname::text as name, rolsuper as superuser,
       rolbypassrls as "bypassRowSecurity", rolcreaterole as "createRole",
       rolcreatedb as "createDatabase", rolreplication as replication, rolcanlogin as login,
       rolinherit as inherit, oid < 16384 and rolname like 'pg\\_%' as predefined
     from pg_catalog.pg_roles`,
  );
  // The options of a single membership came with PostgreSQL 16.
  const memberships = await rowsOf<Membership>(
    client,
    `select m.roleid::bigint::float8 as role, m.member::bigint::float8 as member, m.admin_option as admin,
       coalesce((pg_catalog.to_jsonb(m) ->> 'inherit_option')::boolean, r.rolinherit) as inherit,
       coalesce((pg_catalog.to_jsonb(m) ->> 'set_option')::boolean, true) as set
     from pg_catalog.pg_auth_members m join pg_catalog.pg_roles r on r.oid = m.member`,
  );
  return { roles: new Map(roles.map((role) => [role.oid, role])), memberships };
}
