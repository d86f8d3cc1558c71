import { TenantryError } from "../../core/tenantry-error.js";
import { rowsOf, type MigrationClient } from "./client.js";

/** The oldest PostgreSQL that is supported, as `server_version_num` counts. */
const oldestServer = 150_000;

/** What the connected role is and may do. */
interface Standing {
  readonly server_version: string;
  readonly server_version_num: number;
  readonly role: string;
  readonly database: string;
  readonly superuser: boolean;
  readonly createrole: boolean;
  readonly create_on_database: boolean;
  readonly schema_exists: boolean;
  readonly missing_roles: readonly string[];
  readonly owner_settable: boolean;
  readonly owner_grantable: boolean;
}

/**
 * Says before anything is changed what the connected role lacks: all of it at once, as the
 * statements that an administrator has to run.
 * @throws {TenantryError} `MIGRATION_FAILED`
 */
export async function assertMayMigrate(client: MigrationClient): Promise<void> {
  const standing = await readStanding(client);
  if (standing.server_version_num < oldestServer) {
    throw new TenantryError("MIGRATION_FAILED", {
      message: `The server is PostgreSQL ${standing.server_version}.`,
      fix: "Tenantry needs PostgreSQL 15 or later.",
    });
  }
  const statements = missingGrants(standing);
  if (statements.length === 0) return;
  throw new TenantryError("MIGRATION_FAILED", {
    message: `The role ${JSON.stringify(standing.role)} may not migrate the database ${JSON.stringify(standing.database)}.`,
    fix: `Have an administrator run: ${statements.join("; ")};`,
  });
}

/**
 * Makes the connected role a member of a `tenantry_owner` that is there already, where it may
 * administer roles but is no member yet.
 */
export async function joinOwner(client: MigrationClient): Promise<void> {
  const { owner_settable: settable, owner_grantable: grantable } = await readStanding(client);
  if (!settable && grantable) await client.query("grant tenantry_owner to current_user");
}

/**
 * Runs `work` in a transaction as `tenantry_owner`.
 * @throws {TenantryError} `MIGRATION_FAILED` where the connected role is no member of it
 */
export async function asOwner<T>(client: MigrationClient, work: () => Promise<T>): Promise<T> {
  await client.query("begin");
  try {
    await client.query("set local role tenantry_owner").catch((cause: unknown) => {
      throw notOwner(cause);
    });
    const result = await work();
    await client.query("commit");
    return result;
  } catch (error) {
    await client.query("rollback").catch(() => undefined);
    throw error;
  }
}

function notOwner(cause: unknown): unknown {
  if ((cause as { code?: string }).code !== "42501") return cause;
  return new TenantryError("MIGRATION_FAILED", {
    message: "The connected role is not a member of tenantry_owner.",
    fix: "Have an administrator run: grant tenantry_owner to <the role in the migration URL>;",
    cause,
  });
}

/** The statements that would let the role migrate; none where it may. */
export async function readMissingGrants(client: MigrationClient): Promise<readonly string[]> {
  return missingGrants(await readStanding(client));
}

function missingGrants(standing: Standing): readonly string[] {
  if (standing.superuser) return [];
  const { missing_roles: missing } = standing;
  const statements: string[] = [];
  // Whoever may create roles makes all of them; otherwise an administrator makes them, which needs
  // less trust than CREATEROLE.
  if (missing.length > 0 && !standing.createrole) {
    statements.push(...missing.map((role) => `create role ${role} nologin`));
  }
  const createsOwner = missing.includes("tenantry_owner") && standing.createrole;
  if (!createsOwner && !standing.owner_settable && !standing.owner_grantable) {
    statements.push(`grant tenantry_owner to ${quoteIdentifier(standing.role)}`);
  }
  if (!standing.schema_exists && !standing.create_on_database) {
    const database = quoteIdentifier(standing.database);
    statements.push(`grant create on database ${database} to ${quoteIdentifier(standing.role)}`);
  }
  return statements;
}

async function readStanding(client: MigrationClient): Promise<Standing> {
  const [version] = await rowsOf<{ number: number }>(
    client,
    "select pg_catalog.current_setting('server_version_num')::integer as number",
  );
  // Since 16, membership alone does not allow SET ROLE, and granting a role asks for its ADMIN OPTION.
  const modern = (version?.number ?? 0) >= 160_000;
  const settable = modern ? "SET" : "MEMBER";
  const grantable = modern
    ? "pg_catalog.pg_has_role(me.oid, o.oid, 'MEMBER WITH ADMIN OPTION')"
    : "me.rolcreaterole";
  const [standing] = await rowsOf<Standing>(
    client,
    `select
       pg_catalog.current_setting('server_version') as server_version,
       pg_catalog.current_setting('server_version_num')::integer as server_version_num,
       me.rolname::text as role,
       pg_catalog.current_database()::text as database,
       me.rolsuper as superuser,
       me.rolcreaterole as createrole,
       pg_catalog.has_database_privilege(pg_catalog.current_database(), 'CREATE') as create_on_database,
       exists (select from pg_catalog.pg_namespace where nspname = 'tenantry') as schema_exists,
       array(
         select r from pg_catalog.unnest(array['tenantry_owner', 'tenantry_app', 'tenantry_operator', 'tenantry_identity'])
           with ordinality as needed (r, place)
         where not exists (select from pg_catalog.pg_roles where rolname = r)
         order by place
       ) as missing_roles,
       coalesce(pg_catalog.pg_has_role(me.oid, o.oid, '${settable}'), false) as owner_settable,
       coalesce(o.oid is not null and ${grantable}, false) as owner_grantable
     from pg_catalog.pg_roles me
     left join pg_catalog.pg_roles o on o.rolname = 'tenantry_owner'
     where me.rolname = current_user`,
  );
  return standing!;
}

function quoteIdentifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
