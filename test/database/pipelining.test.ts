import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Tenantry } from "../../src/tenantry.js";
import { describeOnServers } from "../support/servers.js";
import { codeOf } from "./support/outcome.js";
import { createStage, type Stage, type StageSettings } from "./support/stage.js";
import { mostInFlight, openWireTap, type WireTap } from "./support/wire-tap.js";

const schema = `
  create table note (id integer primary key, body text not null default '');
  select tenantry.protect('note');
`;
const count =
  "select count(*)::int as n, min(tenant_id::text) as tenant, max($1::int) as echo from note";
/** What the tap makes a BEGIN of, as if the classification had missed one. */
const marker = "select 'leaves a transaction open'";

describeOnServers("statements that share a connection", (server) => {
  let stage: Stage;
  let tap: WireTap;
  let app: Tenantry;
  let planted = false;

  beforeAll(async () => {
    stage = await createStage(server, { schema });
    tap = await openWireTap(stage.database.appUrl, {
      rewrite: (data) => (planted ? beginInPlaceOf(marker, data) : data),
    });
  });
  afterAll(async () => {
    await stage?.close();
    await tap?.close();
  });
  beforeEach(async () => {
    planted = false;
    await stage.admin("truncate note");
    await stage.admin("insert into note select i, 'a', $1 from generate_series(1, 3) i", [
      stage.a.id,
    ]);
    await stage.admin("insert into note select i, 'b', $1 from generate_series(1, 5) i", [
      stage.b.id,
    ]);
  });
  afterEach(() => app.close());

  const open = (options: StageSettings = {}) => {
    app = stage.open({ maxConnections: 1, url: tap.url, ...options });
  };
  const scopeOf = (i: number) => (i % 2 ? stage.scopeB : stage.scopeA);
  const inTurn = (i: number, text: string, values?: unknown[]) =>
    app.run(scopeOf(i), () => app.db.query(text, values));
  /** Runs each alone, so that the pool knows how quick it is. */
  async function acquaint(...texts: [string, unknown[]?][]): Promise<void> {
    for (const [text, values] of texts) {
      for (let i = 0; i < 60; i++) await inTurn(i, text, values).catch(() => undefined);
    }
    tap.reset();
  }
  /** Starts all at once, at a moment when a connection that takes them is at hand. */
  async function together<T>(many: number, work: (i: number) => Promise<T>): Promise<T[]> {
    await inTurn(0, count, [0]);
    return Promise.all(Array.from({ length: many }, (_, i) => work(i)));
  }
  /**
   * Does `round` until some of its statements were in flight together. On a busy machine a statement
   * that took long lately has a connection to itself.
   */
  async function untilShared(round: (attempt: number) => Promise<void>): Promise<void> {
    for (let attempt = 0; attempt < 30; attempt++) {
      tap.reset();
      await round(attempt);
      if (mostInFlight(tap.flights) > 1) return;
    }
    throw new Error("no two statements were ever in flight together");
  }
  const own = (i: number) => ({ n: i % 2 ? 5 : 3, tenant: scopeOf(i).tenant.id, echo: i });

  it("each have their own tenant", async () => {
    open();
    await acquaint([count, [0]]);
    await untilShared(async () => {
      const results = await together(200, (i) => inTurn(i, count, [i]));
      expect(results.map(({ rows }) => rows[0])).toEqual(results.map((_, i) => own(i)));
    });
    expect(tap.flights.some(({ types }) => types.includes("startup"))).toBe(false);
  });

  it("are written behind one that is under way, without waiting for it", async () => {
    open();
    await acquaint([count, [0]]);
    await untilShared(async () => {
      const first = inTurn(0, count, [0]);
      await new Promise((resolve) => setImmediate(resolve));
      await Promise.all([first, inTurn(1, count, [1]), inTurn(2, count, [2])]);
    });
  });

  it("are as many as the depth at most, and one where pipelining is off", async () => {
    for (const [pipelineDepth, most] of [
      [1, 1],
      [3, 3],
      [8, 8],
    ] as const) {
      open({ pipelineDepth });
      await acquaint([count, [0]]);
      const round = async () => {
        await together(60, (i) => inTurn(i, count, [i]));
        expect(mostInFlight(tap.flights)).toBeLessThanOrEqual(most);
      };
      await (most === 1 ? round() : untilShared(round));
      await app.close();
    }
  });

  it("fail alone", async () => {
    open();
    const failing: [string, unknown[]?][] = [
      ["select 1 / 0"],
      ["insert into note (id) values (1)"],
      ["select * from nowhere"],
      ["selekt"],
    ];
    await acquaint([count, [0]], ...failing);
    const codes = ["22012", "23505", "42P01", "42601"];
    await untilShared(async () => {
      const outcomes = await together(120, (i): Promise<unknown> => {
        if (i % 3 !== 0) return inTurn(i, count, [i]).then(({ rows }) => rows[0]);
        return codeOf(() => inTurn(i, ...failing[(i / 3) % 4]!));
      });
      const expected = outcomes.map((_, i) => (i % 3 === 0 ? codes[(i / 3) % 4] : own(i)));
      expect(outcomes).toEqual(expected);
    });
    expect(app.db.totalCount).toBe(1);
  });

  it("write what they say, each for its own tenant", async () => {
    open();
    const insert = "insert into note (id, body) values ($1, $2)";
    await acquaint([count, [0]], [insert, [0, "0"]]);
    await untilShared(async () => {
      await stage.admin("delete from note where id >= 100");
      await together(100, (i) => inTurn(i, insert, [100 + i, scopeOf(i).tenant.id]));
      const [counted] = await stage.admin("select count(*)::int as n from note where id >= 100");
      expect(counted).toEqual({ n: 100 });
      const astray = "select from note where id >= 100 and body <> tenant_id::text";
      expect(await stage.admin(astray)).toEqual([]);
    });
  });

  it("are not held up by a slow one, which has a connection to itself", async () => {
    open({ maxConnections: 2 });
    const slow = "select pg_sleep(0.4)";
    await acquaint([count, [0]]);
    await inTurn(0, slow);
    const waits: number[] = [];
    const sleeping = inTurn(0, slow);
    for (let i = 0; i < 50; i++) {
      const started = performance.now();
      await inTurn(i, count, [i]);
      waits.push(performance.now() - started);
    }
    expect(Math.max(...waits)).toBeLessThan(300);
    await sleeping;
  });

  it("go elsewhere once one that was always quick takes its time", async () => {
    open({ maxConnections: 2 });
    const sometimes = "select pg_sleep($1)";
    await acquaint([count, [0]], [sometimes, [0]]);
    const sleeping = inTurn(0, sometimes, [0.5]);
    await new Promise((resolve) => setTimeout(resolve, 30));
    const started = performance.now();
    await together(20, (i) => inTurn(i, count, [i]));
    expect(performance.now() - started).toBeLessThan(350);
    await sleeping;
  });

  it("let transactions have a connection as well, under a steady stream of them", async () => {
    open({ connectionTimeout: 2_000 });
    await acquaint([count, [0]]);
    let busy = true;
    const streams = Array.from({ length: 16 }, async (_, i) => {
      while (busy) await inTurn(i, count, [i]);
    });
    for (let i = 0; i < 5; i++) {
      const { rows } = await stage.asB(() => app.db.transaction((tx) => tx.query(count, [i])));
      expect(rows[0]).toMatchObject({ n: 5 });
    }
    busy = false;
    await Promise.all(streams);
  });

  it("give their connection back where a value cannot be bound", async () => {
    open({ connectionTimeout: 1_000 });
    const echo = "select $1::text";
    await acquaint([echo, ["x"]]);
    const stubborn = {
      toPostgres() {
        throw new Error("will not be bound");
      },
    };
    // Let the pool have its connection back first, so that the next unit checks it out anew.
    await new Promise((resolve) => setTimeout(resolve, 20));
    await expect(inTurn(0, echo, [stubborn])).rejects.toThrow("will not be bound");
    const { rows } = await stage.asB(() => app.db.transaction((tx) => tx.query(count, [1])));
    expect(rows[0]).toMatchObject({ n: 5 });
  });

  it("are not shared with what may leave something on the session", async () => {
    open({ maxConnections: 4 });
    const tainting = "select set_config('a.b', 'c', false)";
    await acquaint([count, [0]], [tainting]);
    const results = await together(40, (i) =>
      i % 10 === 0
        ? inTurn(i, tainting)
        : inTurn(i, "select current_setting('a.b', true) as left, $1::int", [i]),
    );
    expect(results.filter(({ rows }) => rows[0]?.["left"] === "c")).toEqual([]);
  });

  describe("with one that leaves a transaction open", () => {
    const insert = "insert into note (id) values ($1)";

    beforeEach(async () => {
      // Unnamed, so that each use is parsed anew and the tap can change what is parsed.
      open({ preparedStatements: "unnamed" });
      await acquaint([count, [0]], [marker], [insert, [0]]);
      await stage.admin("delete from note where id = 0");
      planted = true;
    });

    it("alone, reject it, undo it and destroy the connection", async () => {
      const before = await stage.asA(() => app.db.query("select pg_backend_pid() as pid"));
      expect(await codeOf(() => inTurn(0, marker))).toBe("TRANSACTION_LEFT_OPEN");
      planted = false;
      const after = await inTurn(
        1,
        "select pg_backend_pid() as pid, min(tenant_id::text) as tenant from note",
      );
      expect(after.rows[0]?.["pid"]).not.toBe(before.rows[0]?.["pid"]);
      expect(after.rows[0]?.["tenant"]).toBe(stage.b.id);
    });

    it("acknowledge only what was committed before it, and reject what was behind", async () => {
      const round = async () => {
        await stage.admin("delete from note where id >= 100");
        const outcomes = await together(24, (i) =>
          inTurn(i, i === 4 ? marker : insert, i === 4 ? [] : [100 + i]).then(
            () => ({ id: 100 + i, code: null }),
            (error: { code: string }) => ({ id: 100 + i, code: error.code }),
          ),
        );
        const acknowledged = outcomes.filter(({ code }) => code === null).map(({ id }) => id);
        const stored = await stage.admin("select id from note where id >= 100 order by id");
        expect(stored.map(({ id }) => id)).toEqual(acknowledged);
        const codes = new Set(outcomes.map(({ code }) => code));
        expect(codes).toContain("TRANSACTION_LEFT_OPEN");
        for (const code of codes) {
          expect([null, "TRANSACTION_LEFT_OPEN", "DATABASE_UNAVAILABLE"]).toContain(code);
        }
      };
      await untilShared(round);
      for (let i = 0; i < 4; i++) await round();
    });

    it("show no neighbour another tenant's rows", async () => {
      const outcomes = await together(24, (i) =>
        inTurn(i, i === 4 ? marker : count, i === 4 ? [] : [i]).then(
          ({ rows }) => rows[0],
          () => null,
        ),
      );
      outcomes.forEach((row, i) => {
        if (row !== null) expect(row).toEqual(own(i));
      });
      planted = false;
      expect((await inTurn(1, count, [1])).rows[0]).toEqual(own(1));
    });
  });
});

/** Puts a BEGIN of the same length wherever the text stands. */
function beginInPlaceOf(text: string, data: Buffer): Buffer {
  const at = data.indexOf(text);
  if (at === -1) return data;
  const changed = Buffer.from(data);
  changed.write("begin".padEnd(text.length), at, "latin1");
  return beginInPlaceOf(text, changed);
}
