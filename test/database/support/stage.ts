import pg from "pg";
import type { TenantryEvent } from "../../../src/core/event.js";
import type { TenantScope } from "../../../src/core/scope.js";
import { createKeyRing, type KeyRing } from "../../../src/core/seal/key-ring.js";
import type { Tenant } from "../../../src/core/tenant.js";
import type { DatabaseOptions } from "../../../src/database/options.js";
import { fromHost } from "../../../src/resolver/host/from-host.js";
import type { PassedPool } from "../../support/passed-pool.js";
import { createTenantry, type Tenantry } from "../../../src/tenantry.js";
import { asAdmin, createTestDatabase, type TestDatabase } from "../../support/databases.js";
import type { TestServer } from "../../support/servers.js";

export type Rows = Record<string, unknown>[];
export type StageSettings = Partial<DatabaseOptions<pg.Pool>>;

/** A database of its own with two tenants in it, and an application over it. */
export interface Stage {
  readonly server: TestServer;
  readonly database: TestDatabase;
  readonly keys: KeyRing;
  readonly tenantry: Tenantry<PassedPool>;
  readonly a: Tenant;
  readonly b: Tenant;
  readonly scopeA: TenantScope;
  readonly scopeB: TenantScope;
  readonly events: TenantryEvent[];
  asA<T>(work: () => T): T;
  asB<T>(work: () => T): T;
  /** One statement as a superuser, past row security. */
  admin(sql: string, values?: unknown[]): Promise<Rows>;
  /** Statements of a member of `tenantry_owner`, on a connection of their own. */
  owner(sql: string): Promise<Rows>;
  /** Another application over the same database, closed with the stage at the latest. */
  open(options?: StageSettings, secret?: string | readonly string[]): Tenantry<PassedPool>;
  close(): Promise<void>;
}

export interface StageOptions {
  /** Schemas besides public, made for tenantry_owner. */
  readonly schemas?: readonly string[];
  /** Run by a member of `tenantry_owner`. */
  readonly schema?: string;
  readonly database?: StageSettings;
}

export async function createStage(server: TestServer, options: StageOptions = {}): Promise<Stage> {
  const database = await createTestDatabase(server);
  const events: TenantryEvent[] = [];
  const opened: Tenantry[] = [];
  const admin = new pg.Pool({ connectionString: database.adminUrl, max: 2, allowExitOnIdle: true });
  admin.on("error", () => undefined);

  const open: Stage["open"] = (settings = {}, secret = database.secret) => {
    const tenantry = createTenantry({
      // LISTEN on its own way, so that a tap sees the pool's traffic only.
      database: {
        pg,
        url: database.appUrl,
        listenUrl: database.appUrl,
        // A loaded machine is no failure; what tests time limits sets its own.
        connectionTimeout: 20_000,
        ...settings,
      },
      operatorDatabase: database.operatorUrl,
      resolve: [fromHost({ baseDomain: "app.example.com" })],
      secret,
      onEvent: (event) => void events.push(event),
    });
    let closed: Promise<void> | undefined;
    const app = { ...tenantry, close: () => (closed ??= tenantry.close()) };
    opened.push(app);
    return app;
  };
  const close = async () => {
    await Promise.all(opened.map((tenantry) => tenantry.close()));
    await admin.end();
    await database.drop();
  };

  try {
    for (const name of options.schemas ?? []) {
      await admin.query(`create schema ${name} authorization tenantry_owner`);
    }
    if (options.schema !== undefined) await asOwner(database, options.schema);
    const tenantry = open(options.database);
    const a = await tenantry.tenants.create({ slug: "acme", name: "Acme" });
    const b = await tenantry.tenants.create({ slug: "beta", name: "Beta" });
    const [scopeA, scopeB] = [await scopeOf(tenantry, a), await scopeOf(tenantry, b)];
    return {
      server,
      database,
      keys: createKeyRing(database.secret),
      tenantry,
      a,
      b,
      scopeA,
      scopeB,
      events,
      asA: (work) => tenantry.run(scopeA, work),
      asB: (work) => tenantry.run(scopeB, work),
      admin: async (sql, values) => (await admin.query<Rows[number]>(sql, values)).rows,
      owner: (sql) => asOwner(database, sql),
      open,
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

export function scopeOf(tenantry: Tenantry, tenant: Tenant): Promise<TenantScope> {
  return tenantry.enter(tenant, { reason: "a test" }, () => tenantry.scope());
}

async function asOwner(database: TestDatabase, sql: string): Promise<Rows> {
  return asAdmin(database.ownerUrl, async (client) => {
    // What a string of several statements gives is an array, one result each.
    const results: unknown = await client.query(sql);
    const last = (Array.isArray(results) ? results.at(-1) : results) as pg.QueryResult;
    return last.rows as Rows;
  });
}
