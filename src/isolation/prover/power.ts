import { rowsOf, type MigrationClient } from "../../database/migrations/client.js";
import { TenantryError } from "../../core/tenantry-error.js";
import { literal } from "../catalog/names.js";
import type { Role } from "../catalog/roles.js";

/** What the prover's login may do, and how it becomes the application's role. */
export interface Power {
  /** Sees all rows, whatever the policies say. */
  readonly superuser: boolean;
  readonly login: string;
  /** @param role quoted */
  become(role: string): string;
  readonly becomeProver: string;
}

/**
 * A superuser takes the application's role as its session, so that not even SET ROLE tells the two
 * apart. Anyone else sets the role, for which it must be a member.
 * @throws {TenantryError} `PROOF_IMPOSSIBLE` where the login cannot become one of the roles
 */
export async function readPower(client: MigrationClient, roles: readonly Role[]): Promise<Power> {
  const [row] = await rowsOf<{ login: string; superuser: boolean; number: number }>(
    client,
    `select session_user::text as login, r.rolsuper as superuser,
       pg_catalog.current_setting('server_version_num')::int as number
     from pg_catalog.pg_roles r where r.rolname = session_user`,
  );
  const { login, superuser, number } = row!;
  if (superuser) {
    return {
      superuser,
      login,
      become: (role) => `set local session authorization ${role}`,
      becomeProver: "set local session authorization default",
    };
  }
  // What SET ROLE asks for is told apart from membership since PostgreSQL 16.
  const privilege = number >= 160_000 ? "SET" : "MEMBER";
  for (const { name, superuser: appIsSuperuser } of roles) {
    const [may] = await rowsOf<{ allowed: boolean }>(
      client,
      `select pg_catalog.pg_has_role(session_user, ${literal(name)}, '${privilege}') as allowed`,
    );
    if (may?.allowed === true && !appIsSuperuser) continue;
    throw new TenantryError("PROOF_IMPOSSIBLE", {
      message: `The login ${login} is no superuser and may not become the application's role ${name}.`,
      fix: `Prove as a superuser on a copy of the database, or: GRANT ${name} TO ${login}.`,
    });
  }
  return {
    superuser,
    login,
    become: (role) => `set local role ${role}`,
    becomeProver: "set local role none",
  };
}
