import { randomBytes } from "node:crypto";
import pg from "pg";
import { migrate } from "../../src/database/migrations/migrate.js";
import { loginRoles, rolePasswordFor, urlFor } from "./logins.js";
import type { TestServer } from "./servers.js";

export interface PreparedServer {
  readonly server: TestServer;
  /** Drops the template and what tests left. */
  close(): Promise<void>;
}

/** First half of the advisory lock keys of this harness; the second is 0, or the run's number. */
const lockSpace = 0x7e57;

/**
 * Makes login roles and a migrated template database, and clears away what killed runs left.
 * A run is alive as long as the connection that is kept here holds the run's advisory lock.
 */
export async function prepareServer(
  kind: TestServer["kind"],
  adminUrl: string,
): Promise<PreparedServer> {
  const keeper = new pg.Client({
    connectionString: adminUrl,
    application_name: "tenantry test run",
  });
  await keeper.connect().catch((cause: unknown) => {
    throw new Error(`The ${kind} PostgreSQL of the tests cannot be reached.`, { cause });
  });
  keeper.on("error", () => undefined);
  const run = randomBytes(4).readInt32BE();
  await keeper.query("select pg_advisory_lock($1, $2)", [lockSpace, run]);
  const template = `${prefixOf(run)}template`;
  const rolePassword = rolePasswordFor(adminUrl);
  const secret = randomBytes(32).toString("hex");
  const { label, version } = await describeServer(keeper, kind);

  await keeper.query("select pg_advisory_lock($1, 0)", [lockSpace]);
  await dropLeftovers(keeper);
  await makeLoginRoles(keeper, rolePassword);
  const templateFailure = await makeTemplate(keeper, adminUrl, template, rolePassword, secret);
  await keeper.query("select pg_advisory_unlock($1, 0)", [lockSpace]);

  return {
    server: { kind, label, version, adminUrl, rolePassword, template, secret, templateFailure },
    close: async () => {
      await dropDatabases(keeper, prefixOf(run));
      await keeper.end();
    },
  };
}

function prefixOf(run: number): string {
  return `tenantry_test_${(run >>> 0).toString(16).padStart(8, "0")}_`;
}

async function describeServer(admin: pg.Client, kind: TestServer["kind"]) {
  const { rows } = await admin.query<{ number: string; name: string }>(
    `select current_setting('server_version_num') as number,
            split_part(current_setting('server_version'), ' ', 1) as name`,
  );
  const { number, name } = rows[0]!;
  return { label: `${kind} PostgreSQL ${name}`, version: Number(number) };
}

async function dropLeftovers(admin: pg.Client): Promise<void> {
  const { rows } = await admin.query<{ run: string }>(
    `select distinct substring(datname from '^tenantry_test_([0-9a-f]{8})_') as run
     from pg_database where datname ~ '^tenantry_test_[0-9a-f]{8}_'`,
  );
  for (const { run } of rows) {
    const number = Number.parseInt(run, 16) | 0;
    const lock = [lockSpace, number];
    const { rows: held } = await admin.query<{ dead: boolean }>(
      "select pg_try_advisory_lock($1, $2) as dead",
      lock,
    );
    if (held[0]?.dead !== true) continue;
    await dropDatabases(admin, prefixOf(number));
    await admin.query("select pg_advisory_unlock($1, $2)", lock);
  }
}

async function dropDatabases(admin: pg.Client, prefix: string): Promise<void> {
  const { rows } = await admin.query<{ name: string }>(
    "select datname as name from pg_database where starts_with(datname, $1)",
    [prefix],
  );
  for (const { name } of rows) {
    await admin.query(`drop database if exists ${name} with (force)`);
  }
}

async function makeLoginRoles(admin: pg.Client, password: string): Promise<void> {
  for (const role of Object.values(loginRoles)) {
    const { rowCount } = await admin.query("select from pg_roles where rolname = $1", [role]);
    if (rowCount === 0) await admin.query(`create role ${role} login`);
    const createrole = role === loginRoles.migrator ? "createrole" : "nocreaterole";
    await admin.query(
      `alter role ${role} nosuperuser nobypassrls nocreatedb ${createrole} password '${password}'`,
    );
  }
  // Where an earlier run's migrator, or somebody else, made the three roles already.
  const { rowCount } = await admin.query("select from pg_roles where rolname = 'tenantry_owner'");
  if (rowCount !== 0) await admin.query(`grant tenantry_owner to ${loginRoles.migrator}`);
}

/** @returns why it could not be made: then only the tests that need it fail */
async function makeTemplate(
  admin: pg.Client,
  adminUrl: string,
  template: string,
  password: string,
  secret: string,
): Promise<string | null> {
  await admin.query(`create database ${template} template template0 owner ${loginRoles.migrator}`);
  try {
    await migrate(urlFor(adminUrl, template, loginRoles.migrator, password), { secret });
    await admin.query(`grant tenantry_owner to ${loginRoles.owner}`);
    await admin.query(`grant tenantry_app to ${loginRoles.app}`);
    await admin.query(`grant tenantry_operator to ${loginRoles.operator}`);
    await admin.query(`grant tenantry_identity to ${loginRoles.identity}`);
    await assertCopyable(admin, template);
    return null;
  } catch (error) {
    return `The template database could not be migrated: ${String(error)}`;
  }
}

/** createTestDatabase() copies privileges on the database but not its settings. */
async function assertCopyable(admin: pg.Client, template: string): Promise<void> {
  const { rowCount } = await admin.query(
    "select from pg_db_role_setting s join pg_database d on d.oid = s.setdatabase where d.datname = $1",
    [template],
  );
  if (rowCount !== 0) throw new Error("a migration sets database settings: copy them as well");
}
