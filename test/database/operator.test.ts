import pg from "pg";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { currentContext } from "../../src/core/context.js";
import { makeSeal, noTenant } from "../../src/core/seal/seal.js";
import { createTenantry } from "../../src/tenantry.js";
import { fromHost } from "../../src/resolver/host/from-host.js";
import { describeOnServers } from "../support/servers.js";
import { codeOf } from "./support/outcome.js";
import { createStage, type Stage } from "./support/stage.js";

const schema = `
  create table note (id integer primary key, body text not null default '');
  select tenantry.protect('note');
  create table child (id integer primary key, note_id integer, tenant_id uuid,
    foreign key (tenant_id, note_id) references note (tenant_id, id) deferrable initially deferred);
  select tenantry.protect('child');
  create table ledger (id integer primary key);
  select tenantry.restrict('ledger', 'internal');
`;
const ada = { actor: "ada@example.com", reason: "ticket 42" };
const count = "select count(*)::int as n from note";

describeOnServers("operator work", (server) => {
  let stage: Stage;

  beforeAll(async () => {
    stage = await createStage(server, { schema });
  });
  afterAll(() => stage?.close());
  beforeEach(async () => {
    await stage.admin("truncate note, child, ledger, tenantry.operator_record");
    await stage.admin("insert into note select i, 'a', $1 from generate_series(1, 3) i", [
      stage.a.id,
    ]);
    await stage.admin("insert into note select i, 'b', $1 from generate_series(1, 5) i", [
      stage.b.id,
    ]);
  });

  const records = () =>
    stage.admin("select actor, reason, login::text from tenantry.operator_record order by id");
  const asAda: Stage["tenantry"]["asOperator"] = (options, work) =>
    stage.tenantry.asOperator({ ...ada, ...options }, work);

  describe("that ends well", () => {
    it("sees and changes the rows of all tenants", async () => {
      const seen = await asAda(ada, async (db) => {
        await db.query("update note set body = 'seen'");
        return (await db.query("select distinct tenant_id from note")).rows.length;
      });
      expect(seen).toBe(2);
      expect(await stage.admin("select distinct body from note")).toEqual([{ body: "seen" }]);
    });

    it("writes for the tenant that it names, and for none by default", async () => {
      await asAda(ada, (db) =>
        db.query("insert into note (id, tenant_id) values (9, $1)", [stage.b.id]),
      );
      expect(await stage.admin("select tenant_id from note where id = 9")).toEqual([
        { tenant_id: stage.b.id },
      ]);
      expect(
        await codeOf(() => asAda(ada, (db) => db.query("insert into note (id) values (10)"))),
      ).toBe("23502");
    });

    it("leaves its record: who, why, under which login, from when to when", async () => {
      await asAda({ ...ada, ttl: 30 }, async () => 0);
      expect(await records()).toEqual([{ ...ada, login: "tenantry_test_operator" }]);
      const [row] = await stage.admin(
        "select extract(epoch from expires_at - started_at)::float8 as seconds from tenantry.operator_record",
      );
      expect(row?.["seconds"]).toBeGreaterThan(29);
      expect(row?.["seconds"]).toBeLessThanOrEqual(31);
    });

    it("is announced as an event before it begins", async () => {
      stage.events.splice(0);
      await asAda(ada, async () => {
        expect(stage.events).toMatchObject([{ type: "operator.started", detail: ada }]);
      });
    });

    it("reaches what is restricted to operators", async () => {
      await asAda(ada, (db) => db.query("insert into ledger values (1)"));
      expect(await stage.admin("select id from ledger")).toEqual([{ id: 1 }]);
      expect(
        await codeOf(() => stage.asA(() => stage.tenantry.db.query("select * from ledger"))),
      ).toBe("42501");
    });
  });

  describe("that ends badly", () => {
    it.each<[string, (db: { query(text: string): Promise<unknown> }) => Promise<unknown>, string]>([
      [
        "its callback throws",
        () => Promise.reject(Object.assign(new Error("x"), { code: "MINE" })),
        "MINE",
      ],
      ["a statement fails", (db) => db.query("select 1 / 0"), "22012"],
      [
        "a failure was swallowed",
        (db) => db.query("select 1 / 0").catch(() => 0),
        "TRANSACTION_ABORTED",
      ],
      [
        "a deferred constraint fails at COMMIT",
        (db) => db.query("insert into child select 1, 99, id from tenantry.tenant limit 1"),
        "23503",
      ],
    ])("because %s is undone together with its record", async (_, fail, code) => {
      const work = () =>
        asAda(ada, async (db) => {
          await db.query("delete from note");
          await fail(db);
        });
      expect(await codeOf(work)).toBe(code);
      expect(await records()).toEqual([]);
      expect(await stage.admin(count)).toEqual([{ n: 8 }]);
      expect(await asAda(ada, async (db) => (await db.query(count)).rows)).toEqual([{ n: 8 }]);
    });

    it("because it ended its own transaction sees nothing from then on", async () => {
      for (const end of ["commit", "rollback"]) {
        const work = () =>
          asAda(ada, async (db) => {
            await db.query(end);
            return (await db.query("select * from note")).rows;
          });
        expect([end, await whatIsSeen(work)]).toEqual([end, "nothing"]);
      }
    });
  });

  describe("is limited in time", () => {
    it("by a timer: the work is undone when it is up, and the caller told", async () => {
      const started = performance.now();
      const work = () =>
        asAda({ ...ada, ttl: 1 }, async (db) => {
          await db.query("delete from note");
          await new Promise((resolve) => setTimeout(resolve, 3_000));
          await db.query("select 1");
        });
      expect(await codeOf(work)).toBe("OPERATOR_EXPIRED");
      expect(performance.now() - started).toBeLessThan(1_900);
      await expect.poll(() => stage.admin(count)).toEqual([{ n: 8 }]);
      expect(await records()).toEqual([]);
    });

    it("by the timer also while a statement runs", async () => {
      const work = () => asAda({ ...ada, ttl: 1 }, (db) => db.query("select pg_sleep(3)"));
      expect(["OPERATOR_EXPIRED", "57014"]).toContain(await codeOf(work));
    });

    it("by the database: without the timer the rows go out of sight", async () => {
      const operator = new pg.Client(stage.database.operatorUrl);
      await operator.connect();
      const expiresAt = Math.floor(Date.now() / 1000) + 2;
      const seal = makeSeal(stage.keys, "operator", { tenantId: noTenant, expiresAt, claims: {} });
      await operator.query("begin");
      await operator.query("select tenantry.begin_operator($1, 'ada', 'x')", [seal]);
      expect((await operator.query(count)).rows).toEqual([{ n: 8 }]);
      await new Promise((resolve) => setTimeout(resolve, 2_100));
      expect(await codeOf(() => operator.query(count))).toBe("TN003");
      await operator.end();
    });
  });

  describe("is refused", () => {
    it.each([
      [{ actor: "ada" }, "REASON_REQUIRED"],
      [{ actor: "ada", reason: " " }, "REASON_REQUIRED"],
      [{ actor: "ada", reason: "x".repeat(1001) }, "REASON_REQUIRED"],
      [{ reason: "x" }, "REASON_REQUIRED"],
      [{ actor: " ", reason: "x" }, "REASON_REQUIRED"],
      [{ actor: "a".repeat(201), reason: "x" }, "REASON_REQUIRED"],
      [{ ...ada, ttl: 0 }, "CONFIG_INVALID"],
      [{ ...ada, ttl: 3601 }, "CONFIG_INVALID"],
      [{ ...ada, ttl: 1.5 }, "CONFIG_INVALID"],
      [undefined, "REASON_REQUIRED"],
    ])("with %j, before anything happens", async (options, code) => {
      stage.events.splice(0);
      let ran = false;
      const work = () =>
        stage.tenantry.asOperator(options as typeof ada, async () => void (ran = true));
      expect(await codeOf(work)).toBe(code);
      expect([ran, stage.events, await records()]).toEqual([false, [], []]);
    });

    it("where no operator connection is configured", async () => {
      const app = createTenantry({
        database: stage.database.appUrl,
        resolve: [fromHost({ baseDomain: "app.example.com" })],
        secret: stage.database.secret,
        onEvent: () => undefined,
      });
      expect(await codeOf(() => app.asOperator(ada, async () => 0))).toBe("OPERATOR_UNAVAILABLE");
      await app.close();
    });

    it("as DATABASE_UNAVAILABLE where the operator's server cannot be reached", async () => {
      const app = createTenantry({
        database: stage.database.appUrl,
        operatorDatabase: "postgres://x@127.0.0.1:1/x",
        resolve: [fromHost({ baseDomain: "app.example.com" })],
        secret: stage.database.secret,
        onEvent: () => undefined,
      });
      expect(await codeOf(() => app.asOperator(ada, async () => 0))).toBe("DATABASE_UNAVAILABLE");
      await app.close();
    });

    it("under another secret's seal", async () => {
      const app = stage.open({}, "another secret of at least thirty-two bytes");
      expect(await codeOf(() => app.asOperator(ada, async () => 0))).toBe("DATABASE_SCOPE_REFUSED");
      await app.close();
    });
  });

  describe("belongs to no tenant", () => {
    it("and says so where one is asked for", async () => {
      await asAda(ada, async () => {
        expect(currentContext()).toMatchObject({ kind: "operator", operator: ada });
        expect(() => stage.tenantry.scope()).toThrow("operator work");
        expect(await codeOf(() => stage.tenantry.db.query("select 1"))).toBe("SCOPE_REQUIRED");
      });
    });

    it("not even where it is begun inside of a tenant's scope", async () => {
      await stage.asA(async () => {
        const n = await asAda(ada, async (db) => (await db.query(count)).rows[0]);
        expect(n).toEqual({ n: 8 });
        expect(stage.tenantry.scope()).toBe(stage.scopeA);
        expect((await stage.tenantry.db.query(count)).rows).toEqual([{ n: 3 }]);
      });
    });

    it("but may enter one, on that tenant's own connection", async () => {
      const n = await asAda(ada, async () => {
        const { rows } = await stage.asA(() => stage.tenantry.db.query(count));
        return rows[0];
      });
      expect(n).toEqual({ n: 3 });
    });

    it("nor leave anything for the next on its connection", async () => {
      for (let i = 0; i < 4; i++) {
        await asAda({ ...ada, reason: `${i}` }, async (db) => {
          expect(
            (
              await db.query(
                "select count(*)::int as n from tenantry.operator_record where transaction_id = pg_current_xact_id()",
              )
            ).rows,
          ).toEqual([{ n: 1 }]);
        });
      }
      expect(await records()).toHaveLength(4);
    });
  });

  it("may be done many times on one connection without a warning", async () => {
    const warnings: string[] = [];
    const listen = (warning: Error) => void warnings.push(warning.name);
    process.on("warning", listen);
    for (let i = 0; i < 15; i++) await asAda(ada, (db) => db.query("select 1"));
    await new Promise((resolve) => setImmediate(resolve));
    process.removeListener("warning", listen);
    expect(warnings).toEqual([]);
  });

  describe("by SQL alone", () => {
    const operatorSeal = (seconds = 60) =>
      makeSeal(stage.keys, "operator", {
        tenantId: noTenant,
        expiresAt: Math.floor(Date.now() / 1000) + seconds,
        claims: {},
      });
    /** Runs statements in one transaction of a bare client, and gives the last one's rows. */
    async function bare(url: string, ...statements: [string, unknown[]?][]): Promise<unknown> {
      const client = new pg.Client(url);
      await client.connect();
      try {
        await client.query("begin");
        let rows: unknown;
        for (const [text, values] of statements) ({ rows } = await client.query(text, values));
        return rows;
      } finally {
        await client.end();
      }
    }
    const begin = "select tenantry.begin_operator($1, 'ada', 'x')";
    const set = "select set_config('tenantry.operator', $1, true)";

    it("is not open to the app role, a genuine operator's seal notwithstanding", async () => {
      const { appUrl } = stage.database;
      expect(await codeOf(() => bare(appUrl, [begin, [operatorSeal()]]))).toBe("42501");
      expect(
        await whatIsSeen(() => bare(appUrl, [set, [operatorSeal()]], ["select * from note"])),
      ).toBe("nothing");
      const seal = makeSeal(stage.keys, "database", {
        tenantId: stage.a.id,
        expiresAt: Math.floor(Date.now() / 1000) + 60,
        claims: {},
      });
      const both = () =>
        bare(
          appUrl,
          ["select set_config('tenantry.scope', $1, true)", [seal]],
          [set, [operatorSeal()]],
          [count],
        );
      expect(await both().catch(() => "refused")).toSatisfy(
        (seen) => seen === "refused" || JSON.stringify(seen) === '[{"n":3}]',
      );
    });

    it("is not open without its record", async () => {
      const { operatorUrl } = stage.database;
      expect(
        await codeOf(() => bare(operatorUrl, [set, [operatorSeal()]], ["select * from note"])),
      ).toBe("TN003");
      expect(await bare(operatorUrl, ["select 1 as one"])).toEqual([{ one: 1 }]);
      expect(await whatIsSeen(() => bare(operatorUrl, ["select * from note"]))).toBe("nothing");
    });

    it("is not open with a record of another transaction, or a seal of another kind", async () => {
      const { operatorUrl } = stage.database;
      const seal = operatorSeal();
      await asAda(ada, async () => {
        expect(await codeOf(() => bare(operatorUrl, [set, [seal]], ["select * from note"]))).toBe(
          "TN003",
        );
      });
      for (const purpose of ["database", "registry", "service"] as const) {
        const wrong = makeSeal(stage.keys, purpose, {
          tenantId: noTenant,
          expiresAt: Math.floor(Date.now() / 1000) + 60,
          claims: {},
        });
        expect(await codeOf(() => bare(operatorUrl, [begin, [wrong]]))).toBe("TN002");
      }
      expect(await codeOf(() => bare(operatorUrl, [begin, [operatorSeal(-5)]]))).toBe("TN003");
    });

    it("needs an actor and a reason in the database too", async () => {
      const { operatorUrl } = stage.database;
      for (const [actor, reason] of [
        ["", "x"],
        ["ada", ""],
        [null, "x"],
        ["ada", null],
        ["a".repeat(201), "x"],
      ]) {
        const work = () =>
          bare(operatorUrl, [
            "select tenantry.begin_operator($1, $2, $3)",
            [operatorSeal(), actor, reason],
          ]);
        expect(["23514", "23502"]).toContain(await codeOf(work));
      }
    });

    it("cannot write, change or delete a record by hand", async () => {
      const { operatorUrl, appUrl } = stage.database;
      for (const url of [operatorUrl, appUrl]) {
        for (const text of [
          "insert into tenantry.operator_record (transaction_id, actor, reason, login, started_at, expires_at) values (pg_current_xact_id(), 'a', 'b', 'c', now(), now() + interval '1 h')",
          "update tenantry.operator_record set actor = 'bob'",
          "delete from tenantry.operator_record",
          "truncate tenantry.operator_record",
        ]) {
          expect(
            await codeOf(() =>
              bare(url, [begin.replace("$1", `'${operatorSeal()}'`)], [text]),
            ).catch(() => "none"),
          ).toBe("42501");
        }
      }
      expect(await codeOf(() => bare(appUrl, ["select * from tenantry.operator_record"]))).toBe(
        "42501",
      );
    });
  });
});

/** `nothing` for no rows as well as for a refusal of the scope. */
async function whatIsSeen(work: () => Promise<unknown>): Promise<unknown> {
  try {
    const rows = await work();
    return Array.isArray(rows) && rows.length === 0 ? "nothing" : rows;
  } catch (error) {
    const { code } = error as { code: string };
    return /^(TN00[123]|DATABASE_SCOPE_REFUSED)$/.test(code) ? "nothing" : code;
  }
}
