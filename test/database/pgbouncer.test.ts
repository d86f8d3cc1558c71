import pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { TenantScope } from "../../src/core/scope.js";
import type { Tenantry } from "../../src/tenantry.js";
import { missingPgBouncer, startPgBouncer, type PgBouncer } from "../support/pgbouncer.js";
import { describeOnServers } from "../support/servers.js";
import { codeOf } from "./support/outcome.js";
import { mixedSchema, runMixedLoad } from "./support/mixed-load.js";
import { createRandom } from "./support/random.js";
import { createStage, scopeOf, type Stage } from "./support/stage.js";

const title = "tenants behind PgBouncer in transaction mode";

if (missingPgBouncer === undefined) describeOnServers(title, suite);
else {
  describe.skip(`${title} [${missingPgBouncer}]`, () => {
    it("keeps them apart", () => undefined);
  });
}

function suite(server: Parameters<Parameters<typeof describeOnServers>[1]>[0]): void {
  let stage: Stage;
  let bouncer: PgBouncer;
  let app: Tenantry;
  const scopes: TenantScope[] = [];
  const poolSize = 3;

  beforeAll(async () => {
    stage = await createStage(server, { schema: mixedSchema });
    for (let i = 0; i < 10; i++) {
      const tenant = await stage.tenantry.tenants.create({ slug: `t${i}`, name: `T${i}` });
      scopes.push(await scopeOf(stage.tenantry, tenant));
      await stage.admin(
        "insert into item select i, $1::uuid::text, $1::uuid from generate_series(1, $2::int) i",
        [tenant.id, 1 + (i % 5)],
      );
    }
    bouncer = await startPgBouncer(stage.database.appUrl, poolSize);
    app = stage.open({
      url: bouncer.url,
      preparedStatements: "unnamed",
      maxConnections: 15,
      connectionTimeout: 30_000,
    });
  });
  afterAll(async () => {
    await app?.close();
    await bouncer?.stop();
    await stage?.close();
  });

  const whose =
    "select count(*)::int as n, min(owner) as owner, max(owner) as other from item where id < 1000";
  const as = <T>(i: number, work: () => Promise<T>) => app.run(scopes[i]!, work);
  const expected = (i: number) => ({
    n: 1 + (i % 5),
    owner: scopes[i]!.tenant.id,
    other: scopes[i]!.tenant.id,
  });

  it("see their own rows each, on fewer connections than there are tenants", async () => {
    const answers = await Promise.all(
      Array.from({ length: 300 }, (_, i) => as(i % 10, () => app.db.query(whose))),
    );
    expect(answers.map(({ rows }) => rows[0])).toEqual(answers.map((_, i) => expected(i % 10)));
    const [backends] = await stage.admin(
      "select count(*)::int as n from pg_stat_activity where datname = current_database() and usename = 'tenantry_test_app' and query not ilike 'listen%' and query not ilike '%find_tenant%'",
    );
    expect(backends?.["n"]).toBeLessThanOrEqual(poolSize + 2);
  });

  it(
    "stay apart under a mixed load with errors, aborts and killed backends",
    { timeout: 60_000 },
    async () => {
      const seed = Math.floor(Math.random() * 2 ** 31);
      const { foreignRows, errors, rowsSeen, committed, undone } = await runMixedLoad({
        app,
        scopes,
        random: createRandom(seed),
        requests: 2_000,
        concurrency: 30,
        disturb: () =>
          stage.admin(
            "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and usename = 'tenantry_test_app' and query not ilike 'listen%' order by random() limit 1",
          ),
        disturbEvery: 250,
      });
      process.stdout.write(
        `${title} [${server.label}]: seed ${seed}, ${rowsSeen} rows seen, ${foreignRows.length} foreign; ${JSON.stringify(errors)}\n`,
      );
      expect(foreignRows).toEqual([]);
      expect(Object.keys(errors).sort()).toEqual(
        expect.arrayContaining(["22012", "23505", "42601", "57014", "UNDO"]),
      );
      const unexpected = Object.keys(errors).filter(
        (code) =>
          ![
            "22012",
            "23505",
            "42601",
            "57014",
            "UNDO",
            "DATABASE_UNAVAILABLE",
            "STATEMENT_REFUSED", // set_config() for the session, which a pooler would not forget
          ].includes(code),
      );
      expect(unexpected).toEqual([]);
      expect(
        await stage.admin("select * from item where owner <> tenant_id::text limit 5"),
      ).toEqual([]);
      const [kept] = await stage.admin("select count(*)::int as n from item where id = any ($1)", [
        committed,
      ]);
      expect(kept).toEqual({ n: committed.length });
      expect(await stage.admin("select from item where id = any ($1)", [undone])).toEqual([]);
    },
  );

  it("have transactions and savepoints that keep their scope", async () => {
    await Promise.all(
      Array.from({ length: 60 }, (_, i) =>
        as(i % 10, () =>
          app.db.transaction(async (tx) => {
            expect((await tx.query(whose)).rows[0]).toEqual(expected(i % 10));
            await tx.savepoint((inner) => inner.query("select 1 / 0")).catch(() => undefined);
            expect((await tx.query(whose)).rows[0]).toEqual(expected(i % 10));
          }),
        ),
      ),
    );
  });

  it("leave no scope on the server's connections", async () => {
    for (let i = 0; i < 20; i++)
      await as(i % 10, () =>
        app.db
          .query(whose)
          .then(() => app.db.query("select 1 / 0"))
          .catch(() => undefined),
      );
    const raw = await Promise.all(
      Array.from({ length: 10 }, async () => {
        const client = new pg.Client(bouncer.url);
        await client.connect();
        try {
          const { rows } = await client.query<{ scope: string | null }>(
            "select current_setting('tenantry.scope', true) as scope, pg_sleep(0.02)",
          );
          return rows[0]!.scope ?? "";
        } finally {
          await client.end();
        }
      }),
    );
    expect(raw).toEqual(raw.map(() => ""));
  });

  // Some settings (TimeZone, DateStyle) PgBouncer itself puts back for each client; most it does not.
  it("carry no setting of a session from one to the next", async () => {
    const setting = (i: number) =>
      as(
        i,
        async () =>
          (await app.db.query("select current_setting('lock_timeout') as value, pg_sleep(0.005)"))
            .rows[0]?.["value"],
      );
    const all = async () =>
      new Set(await Promise.all(Array.from({ length: 30 }, (_, i) => setting(i % 10))));
    const before = await all();
    for (const text of [
      "select set_config('lock_timeout', '7777', false)",
      "update pg_settings set setting = '7777' where name = 'lock_timeout'",
    ]) {
      await as(0, () => app.db.query(text)).catch((error: unknown) =>
        expect((error as { code: string }).code).toBe("STATEMENT_REFUSED"),
      );
      expect([text, await all()]).toEqual([text, before]);
    }
  });

  it("are told where the pooler itself is gone", async () => {
    const own = await startPgBouncer(stage.database.appUrl, 1);
    const other = stage.open({
      url: own.url,
      preparedStatements: "unnamed",
      connectionTimeout: 1_000,
    });
    expect((await other.run(scopes[1]!, () => other.db.query(whose))).rows[0]).toEqual(expected(1));
    await own.stop();
    expect(await other.run(scopes[1]!, () => codeOf(() => other.db.query(whose)))).toBe(
      "DATABASE_UNAVAILABLE",
    );
    await other.close();
  });
}
