import { rowsOf, type MigrationClient } from "../../database/migrations/client.js";
import { TenantryError } from "../../core/tenantry-error.js";
import { literal, quoted } from "../catalog/names.js";
import type { Role } from "../catalog/roles.js";

/** What the prover's login may do, and how it becomes the application's role. */
export interface Power {
  readonly superuser: boolean;
  /** Sees and writes all rows, whatever the policies say. */
  readonly seesAll: boolean;
  /** May let triggers and foreign keys rest. */
  readonly restsTriggers: boolean;
  readonly login: string;
  /** What it grants itself, for the transaction. */
  readonly grants: readonly string[];
  /** @param role quoted */
  become(role: string): string;
  readonly becomeProver: string;
}

interface Login {
  readonly login: string;
  readonly superuser: boolean;
  readonly bypass: boolean;
  readonly creates: boolean;
  readonly number: number;
}

/**
 * A superuser takes the application's role as its session, so that not even SET ROLE tells the two
 * apart. Anyone else sets the role, as a member of it, or as one who may make itself a member.
 * @throws {TenantryError} `PROOF_IMPOSSIBLE` where the login cannot become one of the roles
 */
export async function readPower(client: MigrationClient, roles: readonly Role[]): Promise<Power> {
  const [row] = await rowsOf<Login>(
    client,
    `select session_user::text as login, r.rolsuper as superuser, r.rolbypassrls as bypass,
       r.rolcreaterole as creates, pg_catalog.current_setting('server_version_num')::int as number
     from pg_catalog.pg_roles r where r.rolname = session_user`,
  );
  const { login, superuser, bypass } = row!;
  const common = { superuser, seesAll: superuser || bypass, login };
  if (superuser) {
    return {
      ...common,
      restsTriggers: true,
      grants: [],
      become: (role) => `set local session authorization ${role}`,
      becomeProver: "set local session authorization default",
    };
  }
  const grants: string[] = [];
  for (const role of roles) grants.push(...(await grantsFor(client, row!, role)));
  return {
    ...common,
    restsTriggers: await mayRestTriggers(client, row!),
    grants,
    become: (role) => `set local role ${role}`,
    becomeProver: "set local role none",
  };
}

/** What the login must be granted to become the role, where it may grant that itself. */
async function grantsFor(
  client: MigrationClient,
  { login, creates, number }: Login,
  { name, superuser }: Role,
): Promise<readonly string[]> {
  // What SET ROLE asks for is told apart from membership since PostgreSQL 16.
  const isNew = number >= 160_000;
  const [may] = await rowsOf<{ become: boolean; grant: boolean }>(
    client,
    `select pg_catalog.pg_has_role(session_user, ${literal(name)}, '${isNew ? "SET" : "MEMBER"}') as become,
       pg_catalog.pg_has_role(session_user, ${literal(name)}, 'MEMBER WITH ADMIN OPTION') as grant`,
  );
  if (!superuser && may?.become === true) return [];
  // Before PostgreSQL 16 CREATEROLE granted every role but a superuser's.
  if (!superuser && (may?.grant === true || (creates && !isNew))) {
    return [`grant ${quoted(name)} to ${quoted(login)}`];
  }
  throw new TenantryError("PROOF_IMPOSSIBLE", {
    message: superuser
      ? `The application's role ${name} is a superuser, which the login ${login} is not.`
      : `The login ${login} is no superuser, may not become the application's role ${name}, and may not grant it to itself.`,
    fix: superuser
      ? `Let the application log in as a role that is no superuser; \`tenantry audit\` says the rest.`
      : `Prove as a superuser on a copy of the database, or: GRANT ${quoted(name)} TO ${quoted(login)}.`,
  });
}

async function mayRestTriggers(client: MigrationClient, { number }: Login): Promise<boolean> {
  if (number < 150_000) return false;
  const [row] = await rowsOf<{ may: boolean }>(
    client,
    "select pg_catalog.has_parameter_privilege('session_replication_role', 'SET') as may",
  );
  return row?.may === true;
}
