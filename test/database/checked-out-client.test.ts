import { setTimeout as pause } from "node:timers/promises";
import Cursor from "pg-cursor";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { ScopedClient, ScopedPool } from "../../src/database/pool/scoped-pool.js";
import type { Tenantry } from "../../src/tenantry.js";
import { describeOnServers } from "../support/servers.js";
import { codeOf, failureOf } from "./support/outcome.js";
import { createStage, type Rows, type Stage } from "./support/stage.js";
import { openWireTap, type WireTap } from "./support/wire-tap.js";

const schema = `
  create table note (id integer primary key, body text not null default '');
  select tenantry.protect('note');
`;

describeOnServers("a connection checked out in a scope", (server) => {
  let stage: Stage;
  let tap: WireTap;
  let app: Tenantry;
  let db: ScopedPool;

  beforeAll(async () => {
    stage = await createStage(server, { schema });
    tap = await openWireTap(stage.database.appUrl);
  });
  afterAll(async () => {
    await stage?.close();
    await tap?.close();
  });
  beforeEach(async () => {
    await stage.admin("truncate note");
    await stage.admin("insert into note select i, 'a', $1 from generate_series(1, 3) i", [
      stage.a.id,
    ]);
    await stage.admin("insert into note select i, 'b', $1 from generate_series(1, 5) i", [
      stage.b.id,
    ]);
    app = stage.open({ maxConnections: 1, url: tap.url, connectionTimeout: 1000 });
    db = app.db;
  });
  afterEach(() => app.close());

  const count = "select count(*)::int as n from note";
  const asB = async (): Promise<Rows> => (await stage.asB(() => db.query(count))).rows;
  const backend = async (client: Pick<ScopedClient, "query">) =>
    (await client.query<{ pid: number }>("select pg_backend_pid() as pid")).rows[0]!.pid;
  const pidOfPool = () => stage.asA(() => backend(db));
  const alive = async (pid: number) =>
    (await stage.admin("select from pg_stat_activity where pid = $1", [pid])).length > 0;
  /** Checks a connection out as A, works on it, and releases it. */
  const withClient = <T>(work: (client: ScopedClient) => Promise<T>, release?: boolean) =>
    stage.asA(async () => {
      const client = await db.connect();
      try {
        return await work(client);
      } finally {
        client.release(release);
      }
    });

  describe("serves an ORM", () => {
    it("that begins and commits with statements of its own", async () => {
      await withClient(async (client) => {
        await client.query("BEGIN");
        await client.query("insert into note (id) values (7)");
        expect((await client.query(count)).rows).toEqual([{ n: 4 }]);
        const { command } = await client.query("COMMIT");
        expect(command).toBe("COMMIT");
      });
      expect(await stage.admin("select tenant_id from note where id = 7")).toEqual([
        { tenant_id: stage.a.id },
      ]);
      expect(await asB()).toEqual([{ n: 5 }]);
    });

    it("that rolls back, also to savepoints, also after errors", async () => {
      await withClient(async (client) => {
        await client.query("begin isolation level repeatable read");
        await client.query("insert into note (id) values (7)");
        await client.query("savepoint s1");
        expect(await codeOf(() => client.query("select 1 / 0"))).toBe("22012");
        expect(await codeOf(() => client.query("select 1"))).toBe("25P02");
        await client.query("rollback to savepoint s1");
        await client.query("release savepoint s1");
        expect((await client.query(count)).rows).toEqual([{ n: 4 }]);
        await client.query("rollback");
        expect((await client.query(count)).rows).toEqual([{ n: 3 }]);
      });
    });

    it("that begins again after a commit", async () => {
      await withClient(async (client) => {
        for (let i = 10; i < 13; i++) {
          await client.query("start transaction");
          await client.query("insert into note (id) values ($1)", [i]);
          await client.query("end");
        }
      });
      expect(await stage.admin("select count(*)::int as n from note")).toEqual([{ n: 11 }]);
    });

    it("that sends statements without waiting for the one before", async () => {
      const results = await withClient((client) =>
        Promise.all(
          ["begin", count, "insert into note (id) values (7)", count, "commit"].map((text) =>
            client.query(text),
          ),
        ),
      );
      expect(results.map(({ rows }) => rows)).toEqual([[], [{ n: 3 }], [], [{ n: 4 }], []]);
    });

    it("that chooses the isolation level with a statement of its own", async () => {
      await withClient(async (client) => {
        for (const level of ["READ COMMITTED", "REPEATABLE READ", "SERIALIZABLE"]) {
          await client.query("BEGIN");
          await client.query(`SET TRANSACTION ISOLATION LEVEL ${level}`);
          expect((await client.query(count)).rows).toEqual([{ n: 3 }]);
          expect((await client.query("show transaction_isolation")).rows).toEqual([
            { transaction_isolation: level.toLowerCase() },
          ]);
          await client.query("COMMIT");
        }
        await client.query("BEGIN");
        await client.query("SET TRANSACTION ISOLATION LEVEL nonsense");
        expect(await codeOf(() => client.query(count))).toBe("42601");
        await client.query("ROLLBACK");
        expect((await client.query(count)).rows).toEqual([{ n: 3 }]);
      });
    });

    it("that begins in a way which PostgreSQL refuses", async () => {
      await withClient(async (client) => {
        const [begun, counted] = await Promise.allSettled([
          client.query("begin isolation level nonsense"),
          client.query(count),
        ]);
        expect(begun).toMatchObject({ status: "rejected", reason: { code: "42601" } });
        // It was sent behind a BEGIN, so without a scope: refused, never answered with less or more.
        expect(counted).toMatchObject({
          status: "rejected",
          reason: { code: "DATABASE_SCOPE_REFUSED" },
        });
        expect((await client.query(count)).rows).toEqual([{ n: 3 }]);
      });
      expect(await asB()).toEqual([{ n: 5 }]);
    });

    it("that uses no transaction, each statement under the scope", async () => {
      await withClient(async (client) => {
        expect((await client.query(count)).rows).toEqual([{ n: 3 }]);
        expect(await codeOf(() => client.query("select 1 / 0"))).toBe("22012");
        expect((await client.query(count)).rows).toEqual([{ n: 3 }]);
      });
    });

    it("that takes callbacks", async () => {
      const rows = await new Promise<unknown>((resolve, reject) => {
        stage.asA(() => {
          const pool = db as unknown as CallbackPool;
          pool.connect((error, client, release) => {
            if (error) return reject(error);
            client.query(count, (failure, result) => {
              release();
              if (failure) reject(failure);
              else resolve(result.rows);
            });
          });
        });
      });
      expect(rows).toEqual([{ n: 3 }]);
      expect(db.idleCount).toBe(1);
    });

    it("that looks for pg's own classes", async () => {
      const { default: pg } = await import("pg");
      expect(db).toBeInstanceOf(pg.Pool);
      expect(db.constructor.name).toContain("Pool");
      await withClient(async (client) => expect(client).toBeInstanceOf(pg.Client));
    });
  });

  describe("and released", () => {
    it("is reused by the next tenant, with nothing of the last one's", async () => {
      const pid = await withClient(backend);
      await withClient(async (client) => {
        await client.query("begin");
        await client.query(count);
        await client.query("commit");
      });
      expect(await asB()).toEqual([{ n: 5 }]);
      expect(await pidOfPool()).toBe(pid);
    });

    const left: [string, (client: ScopedClient) => Promise<unknown>][] = [
      [
        "with its transaction open",
        (client) => client.query("begin").then(() => client.query(count)),
      ],
      ["with a transaction begun and unused", (client) => client.query("begin")],
      [
        "in a failed transaction",
        (client) => client.query("begin").then(() => codeOf(() => client.query("select 1 / 0"))),
      ],
      ["at a savepoint", (client) => client.query("begin").then(() => client.query("savepoint x"))],
      [
        "with a statement running",
        async (client) => void client.query("select pg_sleep(0.3)").catch(() => undefined),
      ],
      [
        "with a commit on its way",
        async (client) => {
          await client.query("begin");
          await client.query(count);
          void client.query("commit").catch(() => undefined);
        },
      ],
    ];
    describe.each([undefined, false, true])("with release(%s)", (argument) => {
      it.each(left)("%s is destroyed, and its work undone", async (_, leave) => {
        const pid = await withClient(async (client) => {
          const own = await backend(client);
          await leave(client);
          return own;
        }, argument);
        // What B sees is the point; that the connection went is how.
        expect(
          (await stage.asB(() => db.query("select distinct tenant_id from note"))).rows,
        ).toEqual([{ tenant_id: stage.b.id }]);
        expect(await pidOfPool()).not.toBe(pid);
        await expect.poll(() => alive(pid)).toBe(false);
      });
    });

    it("with a transaction open leaves nothing of it in the database", async () => {
      await withClient(async (client) => {
        await client.query("begin");
        await client.query("insert into note (id) values (7)");
      });
      expect(await asB()).toEqual([{ n: 5 }]);
      expect(await stage.admin("select from note where id = 7")).toEqual([]);
    });

    it("with an error is destroyed", async () => {
      const pid = await withClient(backend);
      await stage.asA(async () => (await db.connect()).release(new Error("broken")));
      expect(await pidOfPool()).not.toBe(pid);
    });

    it("cannot be used any more", async () => {
      const kept = await withClient(async (client) => client);
      tap.reset();
      expect(await stage.asA(() => codeOf(() => kept.query(count)))).toBe("SCOPE_CHANGED");
      expect(tap.flights).toEqual([]);
    });

    it("cannot be used by its old holder while another tenant has it", async () => {
      const kept = await withClient(async (client) => client);
      // In a context that was A's all along.
      const late = stage.asA(() => pause(50).then(() => codeOf(() => kept.query(count))));
      await stage.asB(async () => {
        const client = await db.connect();
        try {
          expect(client).toBe(kept);
          expect(await late).toBe("SCOPE_CHANGED");
          expect((await client.query(count)).rows).toEqual([{ n: 5 }]);
        } finally {
          client.release();
        }
      });
    });

    it("cannot be released twice", async () => {
      await stage.asA(async () => {
        const client = await db.connect();
        client.release();
        expect(() => client.release()).toThrow("already been released");
      });
    });
  });

  describe("and used in another scope", () => {
    it("is refused before anything is sent", async () => {
      const client = await stage.asA(() => db.connect());
      tap.reset();
      expect(await stage.asB(() => codeOf(() => client.query(count)))).toBe("SCOPE_CHANGED");
      const nested = () => app.run(stage.scopeB, () => client.query(count), { nested: true });
      expect(await stage.asA(() => codeOf(nested))).toBe("SCOPE_CHANGED");
      expect(tap.flights).toEqual([]);
      client.release();
    });

    it("is refused outside of any scope", async () => {
      const client = await stage.asA(() => db.connect());
      tap.reset();
      expect(await codeOf(() => client.query(count))).toBe("SCOPE_REQUIRED");
      expect(await codeOf(() => client.query("begin"))).toBe("SCOPE_REQUIRED");
      expect(tap.flights).toEqual([]);
      client.release();
    });

    it("is refused in the middle of a transaction, which goes on in its own", async () => {
      await stage.asA(() =>
        db.transaction(async (tx) => {
          await tx.query(count);
          const nested = () => app.run(stage.scopeB, () => tx.query(count), { nested: true });
          expect(await codeOf(nested)).toBe("SCOPE_CHANGED");
          expect((await tx.query(count)).rows).toEqual([{ n: 3 }]);
        }),
      );
    });
  });

  describe("with a statement that would leave something on the session", () => {
    it.each([
      ["set_config for the session", "select set_config('timezone', 'Asia/Tokyo', false)"],
      [
        "set_config spelt with an escape",
        `select u&"set\\005fconfig"('timezone', 'Asia/Tokyo', false)`,
      ],
      ["an advisory lock", "select pg_advisory_lock(7)"],
      ["a DO block", "do $$ begin set timezone = 'Asia/Tokyo'; end $$"],
      ["a DO block behind a comment", "/* x */ do $$ begin set timezone = 'Asia/Tokyo'; end $$"],
      ["a DO block behind a semicolon", "; do $$ begin set timezone = 'Asia/Tokyo'; end $$"],
      [
        "SQL text in query_to_xml",
        "select query_to_xml('select set_' || 'config(''timezone'', ''Asia/Tokyo'', false)', true, true, '')",
      ],
      [
        "SQL text in ts_stat",
        "select * from ts_stat('select to_tsvector(set_' || 'config(''timezone'', ''Asia/Tokyo'', false))')",
      ],
      [
        "an update of pg_settings",
        "update pg_settings set setting = 'Asia/Tokyo' where name = 'TimeZone'",
      ],
    ])("refuses it, or is destroyed: %s", async (_, text) => {
      const state =
        "select current_setting('timezone') as zone, (select count(*)::int from pg_locks where locktype = 'advisory' and pid = pg_backend_pid()) as locks";
      const before = (await stage.asB(() => db.query(state))).rows;
      await attempt(() => stage.asA(() => db.query(text)));
      expect((await stage.asB(() => db.query(state))).rows).toEqual(before);
      await attempt(() => stage.asA(() => db.transaction((tx) => tx.query(text))));
      expect((await stage.asB(() => db.query(state))).rows).toEqual(before);
      await attempt(() => withClient((client) => client.query(text)));
      expect((await stage.asB(() => db.query(state))).rows).toEqual(before);
    });

    it("keeps serving its own holder until then", async () => {
      await withClient(async (client) => {
        await client.query("select set_config('a.b', 'c', false)");
        expect((await client.query(count)).rows).toEqual([{ n: 3 }]);
      });
      expect(await asB()).toEqual([{ n: 5 }]);
    });
  });

  describe("with a cursor", () => {
    const read = (cursor: Cursor, rows: number) =>
      new Promise<Rows>((resolve, reject) =>
        cursor.read(rows, (error, found) => (error ? reject(error) : resolve(found as Rows))),
      );
    const open = (client: ScopedClient) =>
      client.query(new Cursor("select id from note order by id"));

    it("reads its tenant's rows in pieces, inside a transaction", async () => {
      await withClient(async (client) => {
        await client.query("begin");
        await client.query("select 1");
        const cursor = open(client);
        expect(await read(cursor, 2)).toEqual([{ id: 1 }, { id: 2 }]);
        expect(await read(cursor, 2)).toEqual([{ id: 3 }]);
        await cursor.close();
        await client.query("commit");
      });
      expect(await asB()).toEqual([{ n: 5 }]);
    });

    it("is refused outside of a transaction and on the pool, before anything is sent", async () => {
      await withClient(async (client) => {
        await client.query("select 1");
        tap.reset();
        expect(() => open(client)).toThrow("inside BEGIN");
        expect(await codeOf(() => db.query(new Cursor(count) as never))).toBe("STATEMENT_REFUSED");
      });
      expect(tap.flights).toEqual([]);
    });

    it("is refused in another scope", async () => {
      await withClient(async (client) => {
        await client.query("begin");
        await client.query("select 1");
        await expect(async () =>
          app.run(stage.scopeB, () => open(client), { nested: true }),
        ).rejects.toMatchObject({ code: "SCOPE_CHANGED" });
        await client.query("rollback");
      });
    });
  });

  describe("calls back", () => {
    it("in its caller's own context, 100 of them mixed", async () => {
      const pool = db as unknown as CallbackPool;
      const foreign: string[] = [];
      const call = (i: number) =>
        new Promise<void>((resolve, reject) => {
          const scope = i % 2 ? stage.scopeA : stage.scopeB;
          app.run(scope, () => {
            const done = (error: unknown) => {
              if (app.scope() !== scope) foreign.push(`${i}`);
              if (error) reject(error);
              else resolve();
            };
            if (i % 3 === 0) pool.query(count, done);
            else if (i % 3 === 1) pool.query("select $1::int", [i], done);
            else {
              pool.connect((error, client, release) => {
                if (error) return done(error);
                client.query(count, (failure) => {
                  release();
                  done(failure);
                });
              });
            }
          });
        });
      await Promise.all(Array.from({ length: 100 }, (_, i) => call(i)));
      expect(foreign).toEqual([]);
    });

    it("with the error where there is one, in the caller's context as well", async () => {
      const pool = db as unknown as CallbackPool;
      const seen = await new Promise((resolve) => {
        stage.asA(() =>
          pool.query("select 1 / 0", (error) =>
            resolve([(error as { code: string }).code, app.scope().tenant.id]),
          ),
        );
      });
      expect(seen).toEqual(["22012", stage.a.id]);
    });
  });

  it("fails as refused where its text is, and stays good", async () => {
    await withClient(async (client) => {
      for (const text of ["listen a", "set timezone = 'UTC'", "savepoint x", "commit and chain"]) {
        expect(await codeOf(() => client.query(text))).toBe("STATEMENT_REFUSED");
      }
      expect((await failureOf(() => client.query("savepoint x"))).message).toContain("transaction");
      expect((await client.query(count)).rows).toEqual([{ n: 3 }]);
    });
  });
});

/** What is refused before it is sent leaves nothing either. */
async function attempt(work: () => Promise<unknown>): Promise<void> {
  await work().catch((error: { code: string }) => expect(error.code).toBe("STATEMENT_REFUSED"));
}

type Done<T extends unknown[] = []> = (error: unknown, ...rest: T) => void;

/** As callers see it who pass callbacks. */
interface CallbackPool {
  query(text: string, done: Done<[{ rows: Rows }]>): void;
  query(text: string, values: unknown[], done: Done): void;
  connect(done: Done<[CallbackPool, () => void]>): void;
}
