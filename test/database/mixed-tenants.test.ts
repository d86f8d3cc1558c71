import { AsyncLocalStorage } from "node:async_hooks";
import pg from "pg";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { TenantScope } from "../../src/core/scope.js";
import type { Tenantry } from "../../src/tenantry.js";
import { describeOnServers } from "../support/servers.js";
import { mixedSchema, runMixedLoad } from "./support/mixed-load.js";
import { createRandom } from "./support/random.js";
import { createStage, scopeOf, type Stage } from "./support/stage.js";

/** How many requests; `TENANTRY_SOAK=1000000 npx vitest run test/database/mixed-tenants.test.ts`. */
const requests = Number(process.env["TENANTRY_SOAK"] ?? 10_000);
const seed = Number(process.env["TENANTRY_SEED"] ?? Math.floor(Math.random() * 2 ** 31));
const tenants = 20;

/** What may go wrong: what was meant to, and what a killed backend brings with it. */
const expectedErrors = [
  "22012", // division by zero
  "23505", // the key was there
  "42601", // no SQL
  "57014", // the time limit
  "UNDO",
  "DATABASE_UNAVAILABLE",
];

describeOnServers("many tenants at once over five connections", (server) => {
  let stage: Stage;
  const scopes: TenantScope[] = [];

  beforeAll(async () => {
    stage = await createStage(server, { schema: mixedSchema });
    for (let i = 0; i < tenants; i++) {
      const tenant = await stage.tenantry.tenants.create({ slug: `t${i}`, name: `T${i}` });
      scopes.push(await scopeOf(stage.tenantry, tenant));
      // The same ids for all, and a number of rows of its own.
      await stage.admin(
        "insert into item select i, $1::uuid::text, $1::uuid from generate_series(1, $2::int) i",
        [tenant.id, 1 + (i % 7)],
      );
    }
  });
  afterAll(() => stage?.close());

  const kill = () =>
    stage.admin(
      `select pg_terminate_backend(pid) from pg_stat_activity
       where datname = current_database() and usename = 'tenantry_test_app' and query not ilike 'listen%'
       order by random() limit 1`,
    );

  it(
    `see their own rows and nobody else's in ${requests} requests (seed ${seed})`,
    { timeout: 120_000 + requests * 20 },
    async () => {
      const app = stage.open({ maxConnections: 5, maxWaiting: 1000, connectionTimeout: 60_000 });
      const random = createRandom(seed);
      const outcome = await runMixedLoad({
        app,
        scopes,
        random,
        requests,
        concurrency: 40,
        disturb: kill,
        disturbEvery: 250,
      });
      const { foreignRows, errors, rowsSeen, committed, undone } = outcome;
      process.stdout.write(
        `mixed tenants [${server.label}]: seed ${seed}, ${outcome.requests} requests, ${rowsSeen} rows seen, ${foreignRows.length} foreign; ${JSON.stringify(errors)}\n`,
      );
      expect(foreignRows).toEqual([]);
      expect(Object.keys(errors).filter((code) => !expectedErrors.includes(code))).toEqual([]);
      expect(rowsSeen).toBeGreaterThan(requests / 2);
      // Every way to fail was taken, and most requests were answered.
      for (const code of expectedErrors) expect(errors[code] ?? 0).toBeGreaterThan(0);
      expect(errors["DATABASE_UNAVAILABLE"]).toBeLessThan(requests / 10);

      const astray = await stage.admin("select * from item where owner <> tenant_id::text limit 5");
      expect(astray).toEqual([]);
      const [kept] = await stage.admin("select count(*)::int as n from item where id = any ($1)", [
        committed,
      ]);
      expect(kept).toEqual({ n: committed.length });
      const [back] = await stage.admin("select count(*)::int as n from item where id = any ($1)", [
        undone,
      ]);
      expect(back).toEqual({ n: 0 });
      await app.close();
    },
  );

  it("would see foreign rows where the setting is the session's, and the load would notice", async () => {
    await stage.admin("create schema weak authorization tenantry_owner");
    await stage.owner(`
      create table weak.item (id bigint, owner text, tenant_id uuid default current_setting('app.tenant')::uuid);
      alter table weak.item enable row level security, force row level security;
      create policy tenant on weak.item using (tenant_id = (select current_setting('app.tenant')::uuid));
      grant usage on schema weak to tenantry_app;
      grant select, insert on weak.item to tenantry_app`);
    await stage.admin(
      "insert into weak.item select id, owner, tenant_id from item where id < 1000",
    );
    const pool = new pg.Pool({
      connectionString: stage.database.appUrl,
      options: "-c search_path=weak",
      max: 5,
    });
    pool.on("error", () => undefined);
    const { foreignRows } = await runMixedLoad({
      app: naiveApplication(pool),
      scopes,
      random: createRandom(seed),
      requests: 300,
      concurrency: 40,
    });
    await pool.end();
    expect(foreignRows.length).toBeGreaterThan(0);
  });
});

/** As people write it: the setting first, then the statement, on whatever connection is free. */
function naiveApplication(pool: pg.Pool): Tenantry {
  const current = new AsyncLocalStorage<TenantScope>();
  const query = async (text: string, values?: unknown[]) => {
    await pool.query("select set_config('app.tenant', $1, false)", [current.getStore()!.tenant.id]);
    return pool.query(text, values);
  };
  const savepoint = <T>(work: (tx: object) => Promise<T>) => work({ query, savepoint });
  const db = {
    query,
    transaction: savepoint,
    connect: async () => ({ query, release: () => undefined }),
  };
  return {
    run: (scope: TenantScope, work: () => unknown) => current.run(scope, work),
    db,
  } as unknown as Tenantry;
}
