import { randomBytes } from "node:crypto";
import pg from "pg";
import { loginRoles, urlFor } from "./logins.js";
import type { TestServer } from "./servers.js";

/** A database of one's own, migrated, with the secret's keys installed. */
export interface TestDatabase {
  readonly name: string;
  /** A superuser. For setting up, and for looking past row security. */
  readonly adminUrl: string;
  /** The role that migrated: CREATEROLE, owner of the database. */
  readonly migratorUrl: string;
  /** A member of `tenantry_owner`, no superuser: what a user's migration tool logs in as. */
  readonly ownerUrl: string;
  /** A member of `tenantry_app` and nothing else. */
  readonly appUrl: string;
  /** A member of `tenantry_operator` and nothing else. */
  readonly operatorUrl: string;
  /** A member of `tenantry_identity` and nothing else. */
  readonly identityUrl: string;
  readonly secret: string;
  /** Ends the connections that are left, too. */
  drop(): Promise<void>;
}

/** Copies the server's migrated template: tens of milliseconds. */
export async function createTestDatabase(server: TestServer): Promise<TestDatabase> {
  if (server.templateFailure !== null) throw new Error(server.templateFailure);
  const name = databaseName(server.template);
  await asAdmin(server.adminUrl, async (admin) => {
    await admin.query(
      `create database ${name} template ${server.template} owner ${loginRoles.migrator}`,
    );
    await copyPrivileges(admin, server.template, name);
  });
  return testDatabase(server, name);
}

/** An empty database that was never migrated, owned by the migrator. */
export async function createEmptyDatabase(server: TestServer): Promise<TestDatabase> {
  if (server.adminUrl === "") throw new Error(server.templateFailure ?? "no such server");
  const name = databaseName(server.template);
  await asAdmin(server.adminUrl, (admin) =>
    admin.query(`create database ${name} template template0 owner ${loginRoles.migrator}`),
  );
  return testDatabase(server, name);
}

function testDatabase(server: TestServer, name: string): TestDatabase {
  const login = (role: string) => urlFor(server.adminUrl, name, role, server.rolePassword);
  return {
    name,
    adminUrl: urlFor(server.adminUrl, name),
    migratorUrl: login(loginRoles.migrator),
    ownerUrl: login(loginRoles.owner),
    appUrl: login(loginRoles.app),
    operatorUrl: login(loginRoles.operator),
    identityUrl: login(loginRoles.identity),
    secret: server.secret,
    drop: () =>
      asAdmin(server.adminUrl, async (admin) => {
        await admin.query(`drop database if exists ${name} with (force)`);
      }),
  };
}

/** `tenantry_test_<run>_template` → `tenantry_test_<run>_<random>`: leftovers are found by the run. */
function databaseName(template: string): string {
  return template.replace(/template$/, randomBytes(5).toString("hex"));
}

/** Privileges on the database itself are the one thing that CREATE DATABASE does not copy. */
async function copyPrivileges(admin: pg.Client, from: string, to: string): Promise<void> {
  const { rows } = await admin.query<{ statement: string }>(
    `select format('grant %s on database %I to %s', a.privilege_type, $2::text,
       case a.grantee when 0 then 'public' else quote_ident(pg_get_userbyid(a.grantee)) end) as statement
     from pg_database d, aclexplode(d.datacl) a where d.datname = $1`,
    [from, to],
  );
  if (rows.length === 0) return;
  await admin.query(
    [`revoke all on database ${to} from public`, ...rows.map(({ statement }) => statement)].join(
      ";",
    ),
  );
}

/** Runs `work` on a connection of its own. */
export async function asAdmin<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url, application_name: "tenantry test" });
  client.on("error", () => undefined);
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
