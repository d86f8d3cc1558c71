import { mkdir, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import pg from "pg";
import { migrate } from "../migrations/migrate.js";
import { ensureCredentials, type Credentials } from "./credentials.js";
import { startEmbeddedPostgres, type EmbeddedPostgres } from "./start.js";

export interface DevelopmentDatabaseOptions {
  /** Keeps the data and the credentials. Default `.tenantry` in the working directory. */
  readonly directory?: string;
  /** As for startEmbeddedPostgres: default, and 0, the last one where it is free. */
  readonly port?: number;
  /** Told in a short phrase what is being done. */
  readonly onStep?: (step: string) => void;
}

/** What an application is configured with, by the names that it reads from the environment. */
export interface DevelopmentEnvironment {
  /** The app role's login. */
  readonly DATABASE_URL: string;
  /** The operator role's login. */
  readonly TENANTRY_OPERATOR_DATABASE_URL: string;
  /** The identity role's login: for `database` of createIdentity. */
  readonly TENANTRY_IDENTITY_DATABASE_URL: string;
  /** The login that migrates: it owns the database and is a member of `tenantry_owner`. */
  readonly TENANTRY_MIGRATION_DATABASE_URL: string;
  readonly TENANTRY_SECRET: string;
}

export interface DevelopmentDatabase {
  readonly environment: DevelopmentEnvironment;
  /** The server's version, as `18.4`. */
  readonly version: string;
  /** Resolves when the server has ended, also where nobody asked it to. */
  readonly exited: Promise<void>;
  /** Ends the server in order. Idempotent. */
  stop(): Promise<void>;
}

const database = "development";
const logins = {
  migrator: "development_migrator",
  app: "development_app",
  operator: "development_operator",
  identity: "development_identity",
} as const;

/**
 * A PostgreSQL of one's own for development, ready to use: started, migrated, with one login per
 * role. Passwords and secret are made at the first start and kept. Never for production.
 * @throws {TenantryError} `EMBEDDED_UNAVAILABLE`, `MIGRATION_FAILED`
 */
export async function startDevelopmentDatabase(
  options: DevelopmentDatabaseOptions = {},
): Promise<DevelopmentDatabase> {
  const { port = 0, onStep = () => undefined } = options;
  const directory = resolve(options.directory ?? ".tenantry");
  await mkdir(directory, { recursive: true });
  // Passwords and data have no place in version control.
  await writeFile(join(directory, ".gitignore"), "*\n", { flag: "wx" }).catch(() => undefined);
  const server = await startEmbeddedPostgres({
    directory: join(directory, "postgres"),
    port,
    onStep,
  });
  try {
    const credentials = await ensureCredentials(directory);
    const environment = environmentOf(server, credentials);
    await prepare(server.url, environment, credentials, onStep);
    const { version, exited } = server;
    return { environment, version, exited, stop: () => server.stop() };
  } catch (error) {
    await server.stop();
    throw error;
  }
}

function environmentOf(
  { port }: EmbeddedPostgres,
  credentials: Credentials,
): DevelopmentEnvironment {
  const url = (login: string, password: string) =>
    `postgres://${login}:${password}@127.0.0.1:${port}/${database}`;
  return {
    DATABASE_URL: url(logins.app, credentials.appPassword),
    TENANTRY_OPERATOR_DATABASE_URL: url(logins.operator, credentials.operatorPassword),
    TENANTRY_IDENTITY_DATABASE_URL: url(logins.identity, credentials.identityPassword),
    TENANTRY_MIGRATION_DATABASE_URL: url(logins.migrator, credentials.migratorPassword),
    TENANTRY_SECRET: credentials.secret,
  };
}

/** Idempotent: run at every start, so that what was interrupted is completed by the next one. */
async function prepare(
  adminUrl: string,
  environment: DevelopmentEnvironment,
  credentials: Credentials,
  onStep: (step: string) => void,
): Promise<void> {
  const admin = new pg.Client({ connectionString: adminUrl });
  admin.on("error", () => undefined);
  await admin.connect();
  try {
    await ensureLogin(admin, logins.migrator, credentials.migratorPassword, "createrole");
    await ensureLogin(admin, logins.app, credentials.appPassword, "nocreaterole");
    await ensureLogin(admin, logins.operator, credentials.operatorPassword, "nocreaterole");
    await ensureLogin(admin, logins.identity, credentials.identityPassword, "nocreaterole");
    const { rowCount } = await admin.query("select from pg_database where datname = $1", [
      database,
    ]);
    if (rowCount === 0) await admin.query(`create database ${database} owner ${logins.migrator}`);
    await migrate(environment.TENANTRY_MIGRATION_DATABASE_URL, {
      secret: environment.TENANTRY_SECRET,
      onStep,
    });
    await admin.query(`grant tenantry_app to ${logins.app}`);
    await admin.query(`grant tenantry_operator to ${logins.operator}`);
    await admin.query(`grant tenantry_identity to ${logins.identity}`);
  } finally {
    await admin.end().catch(() => undefined);
  }
}

async function ensureLogin(
  admin: pg.Client,
  login: string,
  password: string,
  createrole: "createrole" | "nocreaterole",
): Promise<void> {
  const { rowCount } = await admin.query("select from pg_roles where rolname = $1", [login]);
  if (rowCount === 0) await admin.query(`create role ${login}`);
  const rights = `login nosuperuser nobypassrls nocreatedb noreplication ${createrole}`;
  await admin.query(`alter role ${login} ${rights} password ${admin.escapeLiteral(password)}`);
}
