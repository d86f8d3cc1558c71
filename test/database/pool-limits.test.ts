import pg from "pg";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Tenantry } from "../../src/tenantry.js";
import { openTcpProxy } from "../registry/tcp-proxy.js";
import { describeOnServers } from "../support/servers.js";
import { codeIn, codeOf, failureOf } from "./support/outcome.js";
import { createStage, type Stage, type StageSettings } from "./support/stage.js";
import { openWireTap, type WireTap } from "./support/wire-tap.js";
import { until } from "../support/until.js";

const schema = `
  create table note (id integer primary key, body text not null default '');
  select tenantry.protect('note');
`;

describeOnServers("the scoped pool", (server) => {
  let stage: Stage;
  let tap: WireTap;
  let app: Tenantry;

  beforeAll(async () => {
    stage = await createStage(server, { schema });
    await stage.admin("insert into note select i, 'b', $1 from generate_series(1, 5) i", [
      stage.b.id,
    ]);
    tap = await openWireTap(stage.database.appUrl);
  });
  afterAll(async () => {
    await stage?.close();
    await tap?.close();
  });
  beforeEach(() => tap.reset());
  afterEach(() => app?.close());

  const open = (options: StageSettings = {}) => {
    app = stage.open({ maxConnections: 1, url: tap.url, ...options });
    return app.db;
  };
  const asB = async () =>
    (await stage.asB(() => app.db.query("select count(*)::int as n from note"))).rows;

  describe("without a scope", () => {
    it("throws SCOPE_REQUIRED and sends nothing, whatever is asked of it", async () => {
      const db = open();
      const connections = tap.connections;
      const calls = [
        () => db.query("select 1"),
        () => db.query({ text: "select 1", values: [] }),
        () => db.connect(),
        () => db.transaction((tx) => tx.query("select 1")),
        () => db.query("listen a"),
        () => db.query("begin"),
      ];
      for (const call of calls) expect(await codeOf(call)).toBe("SCOPE_REQUIRED");
      const callback = new Promise((resolve) => {
        (db as unknown as { query(text: string, done: (error: unknown) => void): void }).query(
          "select 1",
          resolve,
        );
      });
      expect(await callback).toMatchObject({ code: "SCOPE_REQUIRED" });
      expect([tap.flights, tap.connections]).toEqual([[], connections]);
      expect([db.totalCount, db.waitingCount]).toEqual([0, 0]);
    });

    it("says so too in a central route, in operator work and where the scope was left", async () => {
      const db = open();
      const { runCentral, runDetached } = await import("../../src/core/context.js");
      expect(await runCentral("/healthz", () => codeOf(() => db.query("select 1")))).toBe(
        "SCOPE_REQUIRED",
      );
      expect(await stage.asA(() => runDetached(() => codeOf(() => db.query("select 1"))))).toBe(
        "SCOPE_REQUIRED",
      );
      const operator = { actor: "ada", reason: "a test" };
      expect(await app.asOperator(operator, () => codeOf(() => db.query("select 1")))).toBe(
        "SCOPE_REQUIRED",
      );
      expect(tap.flights).toEqual([]);
    });
  });

  describe("where all connections are taken", () => {
    it("answers POOL_EXHAUSTED within the time allowed", async () => {
      const db = open({ connectionTimeout: 200 });
      const held = await stage.asA(() => db.connect());
      const started = performance.now();
      expect(await stage.asB(() => codeOf(() => db.query("select 1")))).toBe("POOL_EXHAUSTED");
      expect(performance.now() - started).toBeGreaterThan(150);
      expect(performance.now() - started).toBeLessThan(1_000);
      held.release();
      expect(await asB()).toEqual([{ n: 5 }]);
    });

    it("answers at once where as many wait as may", async () => {
      const db = open({ connectionTimeout: 5_000, maxWaiting: 2 });
      const held = await stage.asA(() => db.connect());
      const waiting = [1, 2].map(() => asB());
      const started = performance.now();
      for (const call of [
        () => db.query("select 1"),
        () => db.connect(),
        () => db.transaction(async () => 1),
      ]) {
        expect(await stage.asA(() => codeOf(call))).toBe("POOL_EXHAUSTED");
      }
      expect(performance.now() - started).toBeLessThan(100);
      held.release();
      expect(await Promise.all(waiting)).toEqual([[{ n: 5 }], [{ n: 5 }]]);
    });

    it("lets no more wait than may, though all come at the same moment", async () => {
      const db = open({ maxWaiting: 2 });
      expect(await asB()).toEqual([{ n: 5 }]);
      const calls = Array.from({ length: 10 }, () =>
        stage
          .asB(() => db.transaction((tx) => tx.query("select pg_sleep(0.01)")))
          .then(() => "served", codeIn),
      );
      const outcomes = await Promise.all(calls);
      expect(outcomes.filter((outcome) => outcome === "served")).toHaveLength(3);
      expect(outcomes.filter((outcome) => outcome === "POOL_EXHAUSTED")).toHaveLength(7);
    });

    it("serves whom it can at once, where none may wait", async () => {
      const db = open({ maxWaiting: 0 });
      expect(await asB()).toEqual([{ n: 5 }]);
      const held = await stage.asA(() => db.connect());
      expect(await stage.asB(() => codeOf(() => db.query("select 1")))).toBe("POOL_EXHAUSTED");
      held.release();
      expect(await asB()).toEqual([{ n: 5 }]);
    });

    it("gives a connection to whoever waited, in their own scope", async () => {
      const db = open();
      const held = await stage.asA(() => db.connect());
      const waiting = Array.from({ length: 20 }, (_, i) => {
        const scope = i % 2 ? stage.scopeA : stage.scopeB;
        return app.run(scope, async () => {
          const client = await db.connect();
          try {
            const { rows } = await client.query("select count(*)::int as n from note");
            return [rows[0]?.["n"], app.scope() === scope];
          } finally {
            client.release();
          }
        });
      });
      held.release();
      expect(await Promise.all(waiting)).toEqual(waiting.map((_, i) => [i % 2 ? 0 : 5, true]));
    });

    it("loses none of them to callers that gave up", async () => {
      const db = open({ connectionTimeout: 300 });
      const held = await stage.asA(() => db.connect());
      await Promise.all(
        Array.from({ length: 10 }, () => stage.asB(() => failureOf(() => db.connect()))),
      );
      held.release();
      for (let i = 0; i < 3; i++) expect(await asB()).toEqual([{ n: 5 }]);
      expect([db.totalCount, db.waitingCount]).toEqual([1, 0]);
    });
  });

  describe("where the server cannot be reached", () => {
    it("answers DATABASE_UNAVAILABLE, and works again when it can", async () => {
      const proxy = await openTcpProxy(stage.database.appUrl);
      open({ url: proxy.url, connectionTimeout: 1_000 });
      expect(await asB()).toEqual([{ n: 5 }]);
      proxy.cut();
      expect(await codeOf(() => stage.asB(() => app.db.query("select 1")))).toBe(
        "DATABASE_UNAVAILABLE",
      );
      expect(
        await codeOf(() => stage.asB(() => app.db.transaction((tx) => tx.query("select 1")))),
      ).toBe("DATABASE_UNAVAILABLE");
      proxy.heal();
      await until(async () => (await asB().catch(() => []))[0]?.["n"] === 5);
      await app.close();
      await proxy.close();
    });

    it("answers in time where connecting hangs", async () => {
      const proxy = await openTcpProxy(stage.database.appUrl);
      proxy.blackhole();
      open({ url: proxy.url, connectionTimeout: 300 });
      const started = performance.now();
      const code = await codeOf(() => stage.asB(() => app.db.query("select 1")));
      expect(["DATABASE_UNAVAILABLE", "POOL_EXHAUSTED"]).toContain(code);
      expect(performance.now() - started).toBeLessThan(1_500);
      await app.close();
      await proxy.close();
    });

    it("answers DATABASE_UNAVAILABLE where the login is refused", async () => {
      const url = new URL(stage.database.appUrl);
      url.pathname = "/no_such_database";
      open({ url: url.href });
      const error = await failureOf(() => stage.asB(() => app.db.query("select 1")));
      expect(error).toMatchObject({ code: "DATABASE_UNAVAILABLE", cause: { code: "3D000" } });
    });
  });

  describe("whose backend is killed", () => {
    const kill = (pid: unknown) => stage.admin("select pg_terminate_backend($1)", [pid]);
    const own = "select pg_backend_pid() as pid";

    it("in the middle of a statement answers DATABASE_UNAVAILABLE and recovers", async () => {
      const db = open();
      const [row] = (await stage.asA(() => db.query(own))).rows;
      const sleeping = stage.asA(() =>
        codeOf(() => db.query("select pg_sleep(5), count(*) from note")),
      );
      await until(
        async () =>
          (
            await stage.admin("select from pg_stat_activity where pid = $1 and state = 'active'", [
              row?.["pid"],
            ])
          ).length > 0,
      );
      await kill(row?.["pid"]);
      expect(await sleeping).toBe("DATABASE_UNAVAILABLE");
      expect(await asB()).toEqual([{ n: 5 }]);
    });

    it("in the middle of a transaction undoes it and recovers", async () => {
      const db = open();
      const work = () =>
        stage.asA(() =>
          db.transaction(async (tx) => {
            const [row] = (await tx.query(own)).rows;
            await tx.query("insert into note (id) values (7)");
            await kill(row?.["pid"]);
            await tx.query("select 1");
          }),
        );
      expect(await codeOf(work)).toBe("DATABASE_UNAVAILABLE");
      expect(await asB()).toEqual([{ n: 5 }]);
      expect(await stage.admin("select from note where id = 7")).toEqual([]);
    });

    it("between a transaction's last statement and its COMMIT answers that it may have been done", async () => {
      const db = open();
      const work = () =>
        stage.asA(() =>
          db.transaction(async (tx) => {
            const [row] = (await tx.query(own)).rows;
            await tx.query("insert into note (id) values (7)");
            await kill(row?.["pid"]);
          }),
        );
      expect(await codeOf(work)).toBe("DATABASE_UNAVAILABLE");
      expect(await asB()).toEqual([{ n: 5 }]);
    });

    it("at that moment is told from a transaction left open, though the end is not yet seen", async () => {
      const lingering = await openWireTap(stage.database.appUrl, { keepsClients: true });
      const db = open({ url: lingering.url });
      const work = () =>
        stage.asA(() =>
          db.transaction(async (tx) => {
            const [row] = (await tx.query(own)).rows;
            await kill(row?.["pid"]);
            await new Promise((resolve) => setTimeout(resolve, 50));
          }),
        );
      expect(await codeOf(work)).toBe("DATABASE_UNAVAILABLE");
      expect(await asB()).toEqual([{ n: 5 }]);
      await app.close();
      await lingering.close();
    });

    it("while it is idle is not noticed by the next caller", async () => {
      const db = open();
      const [row] = (await stage.asA(() => db.query(own))).rows;
      await kill(row?.["pid"]);
      await until(() => db.totalCount === 0);
      expect(await asB()).toEqual([{ n: 5 }]);
      expect(stage.events.some(({ type }) => type === "connection.destroyed")).toBe(true);
    });

    it("while it is checked out and idle fails at its next use, not the process", async () => {
      const db = open();
      const client = await stage.asA(() => db.connect());
      const [row] = (await stage.asA(() => client.query(own))).rows;
      await kill(row?.["pid"]);
      await new Promise((resolve) => setTimeout(resolve, 50));
      expect(await stage.asA(() => codeOf(() => client.query("select 1")))).toBe(
        "DATABASE_UNAVAILABLE",
      );
      client.release();
      expect(await asB()).toEqual([{ n: 5 }]);
    });

    it("a hundred times under load loses no connection for good", async () => {
      const db = open({ maxConnections: 3, connectionTimeout: 5_000 });
      let busy = true;
      const answers = new Map<string, number>();
      const note = (what: string) => answers.set(what, (answers.get(what) ?? 0) + 1);
      const load = Array.from({ length: 6 }, (_, i) =>
        app.run(i % 2 ? stage.scopeA : stage.scopeB, async () => {
          while (busy) {
            await db.query("select count(*)::int as n, pg_sleep(0.002) from note").then(
              ({ rows }) => note(rows[0]?.["n"] === (i % 2 ? 0 : 5) ? "right" : "WRONG"),
              (error: { code: string }) => note(error.code),
            );
          }
        }),
      );
      for (let i = 0; i < 100; i++) {
        await stage.admin(
          "select pg_terminate_backend(pid) from pg_stat_activity where usename = 'tenantry_test_app' and datname = current_database() and query like '%note%' limit 1",
        );
        await new Promise((resolve) => setTimeout(resolve, 2));
      }
      busy = false;
      await Promise.all(load);
      expect(answers.get("WRONG")).toBeUndefined();
      expect([...answers.keys()].sort()).toEqual(["DATABASE_UNAVAILABLE", "right"]);
      expect(await Promise.all(Array.from({ length: 12 }, () => asB()))).toEqual(
        Array.from({ length: 12 }, () => [{ n: 5 }]),
      );
      expect([db.waitingCount, db.totalCount <= 3]).toEqual([0, true]);
    });
  });

  describe("when it is closed", () => {
    it("lets what is under way end, and refuses what comes after", async () => {
      const db = open({ maxConnections: 2 });
      const running = stage.asB(() =>
        db.query("select count(*)::int as n, pg_sleep(0.1) from note"),
      );
      await until(() => db.totalCount === 1 && db.idleCount === 0);
      const closed = app.close();
      expect((await running).rows[0]).toMatchObject({ n: 5 });
      await closed;
      await expect(stage.asB(() => db.query("select 1"))).rejects.toThrow("after calling end");
    });
  });

  it("is refused with options that cannot work", () => {
    const wrong: StageSettings[] = [
      { maxConnections: 0 },
      { maxConnections: 1.5 },
      { connectionTimeout: 0 },
      { maxWaiting: -1 },
      { preparedStatements: 0 },
      { pipelineDepth: 0 },
      { pipelineDepth: 65 },
      { sealLifetime: 1 },
      { sealLifetime: 3601 },
      { pg: {} as typeof pg },
      { pg: { ...pg, utils: undefined } as typeof pg },
    ];
    for (const options of wrong) {
      expect([options, () => stage.open(options)]).toEqual([
        options,
        expect.toSatisfy((work: () => unknown) => {
          try {
            work();
            return false;
          } catch (error) {
            return (error as { code: string }).code === "CONFIG_INVALID";
          }
        }),
      ]);
    }
  });
});
