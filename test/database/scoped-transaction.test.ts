import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Transaction, TransactionOptions } from "../../src/database/pool/transaction.js";
import type { Tenantry } from "../../src/tenantry.js";
import { describeOnServers } from "../support/servers.js";
import { codeOf, failureOf } from "./support/outcome.js";
import { createStage, type Rows, type Stage } from "./support/stage.js";
import { messagesOf, openWireTap, stringsOf, type WireTap } from "./support/wire-tap.js";

const schema = `
  create table note (id integer primary key, body text not null default '');
  select tenantry.protect('note');
  create table child (id integer primary key, note_id integer, tenant_id uuid,
    foreign key (tenant_id, note_id) references note (tenant_id, id) deferrable initially deferred);
  select tenantry.protect('child');
`;

describeOnServers("a transaction in a scope", (server) => {
  let stage: Stage;
  let tap: WireTap;
  let app: Tenantry;

  beforeAll(async () => {
    stage = await createStage(server, { schema });
    tap = await openWireTap(stage.database.appUrl);
  });
  afterAll(async () => {
    await stage?.close();
    await tap?.close();
  });
  beforeEach(async () => {
    await stage.admin("truncate note, child");
    await stage.admin("insert into note select i, 'b' || i, $1 from generate_series(1, 5) i", [
      stage.b.id,
    ]);
    app = stage.open({ maxConnections: 1, url: tap.url });
    await query("asA", "select 1");
    tap.reset();
  });
  afterEach(() => app.close());

  async function query(as: "asA" | "asB", text: string, values?: unknown[]): Promise<Rows> {
    return (await stage[as](() => app.db.query(text, values))).rows;
  }
  const inA = <T>(work: (tx: Transaction) => Promise<T>, options?: TransactionOptions) =>
    stage.asA(() => app.db.transaction(work, options));
  const stored = async () => {
    const rows = await stage.admin("select id from note where tenant_id = $1 order by id", [
      stage.a.id,
    ]);
    return rows.map(({ id }) => id as number);
  };
  const insert = (tx: Pick<Transaction, "query">, id: number) =>
    tx.query("insert into note (id) values ($1)", [id]);
  /** Claims the right tenant, with a MAC that is none. */
  const forgedSeal = () =>
    `t1.${stage.keys.current.id}.9999999999.${stage.a.id}..${"0".repeat(64)}`;
  /** The texts that were prepared or run on the wire, without the scope's. */
  const sent = () =>
    messagesOf(tap, "client", "P")
      .map((parse) => stringsOf(parse)[1]!)
      .filter((text) => !text.includes("set_config"));

  describe("that ends well", () => {
    it("is there as a whole, for its tenant", async () => {
      const result = await inA(async (tx) => {
        await insert(tx, 1);
        await insert(tx, 2);
        return (await tx.query("select count(*)::int as n from note")).rows;
      });
      expect(result).toEqual([{ n: 2 }]);
      expect(await stored()).toEqual([1, 2]);
      expect(await query("asB", "select count(*)::int as n from note")).toEqual([{ n: 5 }]);
    });

    it("sends nothing at all where it has no statement", async () => {
      expect(await inA(async () => 7)).toBe(7);
      expect(tap.flights).toEqual([]);
    });

    it("begins in the flush of its first statement and sets the scope once", async () => {
      await inA((tx) => tx.query("select 1"));
      expect(tap.flights.filter(({ from }) => from === "client").length).toBe(2);
      tap.reset();
      await inA(async (tx) => {
        for (let i = 0; i < 3; i++) await tx.query("select 1");
      });
      const binds = messagesOf(tap, "client", "B").filter(({ body }) => body.includes("t1."));
      expect(binds).toHaveLength(1);
      expect(tap.flights.filter(({ from }) => from === "client")).toHaveLength(4);
    });

    it("runs statements that were not awaited one after the other", async () => {
      const answers = await inA((tx) =>
        Promise.all([1, 2, 3].map((i) => tx.query(`select ${i}::int as i`))),
      );
      expect(answers.map(({ rows }) => rows)).toEqual([[{ i: 1 }], [{ i: 2 }], [{ i: 3 }]]);
    });
  });

  describe("that ends badly", () => {
    it("is undone, and throws what its work threw", async () => {
      const work = inA(async (tx) => {
        await insert(tx, 1);
        throw new Error("changed my mind");
      });
      await expect(work).rejects.toThrow("changed my mind");
      expect(await stored()).toEqual([]);
    });

    it("is undone where a statement fails, and throws that", async () => {
      const work = () =>
        inA(async (tx) => {
          await insert(tx, 1);
          await insert(tx, 1);
        });
      expect(await codeOf(work)).toBe("23505");
      expect(await stored()).toEqual([]);
    });

    it("is refused as aborted where the failure was swallowed", async () => {
      const work = () =>
        inA(async (tx) => {
          await insert(tx, 1);
          await tx.query("select 1 / 0").catch(() => undefined);
          return "done";
        });
      expect(await codeOf(work)).toBe("TRANSACTION_ABORTED");
      expect(await stored()).toEqual([]);
    });

    it("fails at COMMIT where a deferred constraint does", async () => {
      const work = () =>
        inA((tx) => tx.query("insert into child (id, note_id) values (1, 99)").then(() => "done"));
      expect(await codeOf(work)).toBe("23503");
      expect(await stage.admin("select from child")).toEqual([]);
    });

    it("leaves no statement of its own behind that runs later", async () => {
      let late: Promise<unknown> | undefined;
      await inA(async (tx) => {
        await insert(tx, 1);
        late = new Promise((resolve) => setTimeout(resolve, 200)).then(() => insert(tx, 2));
      });
      expect(await codeOf(() => late)).toBe("SCOPE_CHANGED");
      expect(await stored()).toEqual([1]);
    });

    it("is not ended by a statement in it: what follows would run outside of it", async () => {
      for (const end of ["commit", "rollback"]) {
        const work = () =>
          inA(async (tx) => {
            await insert(tx, 1);
            await tx.query(end);
            await insert(tx, 2);
            throw new Error("changed my mind");
          });
        expect([end, (await failureOf(work)) as { code?: string }, await stored()]).toEqual([
          end,
          expect.objectContaining({ code: "STATEMENT_REFUSED" }),
          [],
        ]);
      }
    });

    it("never leaves its connection in it", async () => {
      const failures: (() => Promise<unknown>)[] = [
        () => inA((tx) => tx.query("select 1 / 0")),
        () => inA((tx) => tx.query("selekt")),
        () => inA((tx) => tx.query("select 1; select 2")),
        () => inA((tx) => tx.query("listen a")),
        () => inA((tx) => tx.query("select 1").then(() => Promise.reject(new Error("x")))),
        () => inA((tx) => tx.query("select 1").then(() => tx.query("prepare transaction 'x'"))),
        () => inA((tx) => tx.query("select 1").then(() => tx.query("commit and chain"))),
        () => inA((tx) => tx.query("savepoint x").then(() => tx.query("select 1 / 0"))),
        () => inA((tx) => tx.query("select $1::text", [{ toPostgres: refuseToBind }])),
      ];
      for (const failing of failures) {
        await failureOf(failing);
        expect(await query("asB", "select count(*)::int as n from note")).toEqual([{ n: 5 }]);
        const states = await stage.admin(
          "select count(*)::int as n from pg_stat_activity where datname = current_database() and state like 'idle in%'",
        );
        expect(states).toEqual([{ n: 0 }]);
      }
    });

    it("fails with DATABASE_SCOPE_REFUSED where its scope was spoilt", async () => {
      const work = () =>
        inA(async (tx) => {
          await insert(tx, 1);
          await tx.query("select set_config('tenantry.scope', $1, true)", [forgedSeal()]);
          await tx.query("select * from note");
        });
      expect(await codeOf(work)).toBe("DATABASE_SCOPE_REFUSED");
      expect(await stored()).toEqual([]);
    });
  });

  describe("with savepoints", () => {
    it("undoes only what failed under one", async () => {
      await inA(async (tx) => {
        await insert(tx, 1);
        await codeOf(() =>
          tx.savepoint(async (inner) => {
            await insert(inner, 2);
            await inner.query("select 1 / 0");
          }),
        );
        await insert(tx, 3);
      });
      expect(await stored()).toEqual([1, 3]);
    });

    it("undoes nested ones from the inside out", async () => {
      await inA(async (tx) => {
        await tx.savepoint(async (outer) => {
          await insert(outer, 1);
          await codeOf(() =>
            outer.savepoint(async (inner) => {
              await insert(inner, 2);
              await inner.savepoint((innermost) => insert(innermost, 3));
              await insert(inner, 1);
            }),
          );
          await outer.savepoint((inner) => insert(inner, 4));
        });
        await codeOf(() => tx.savepoint((other) => insert(other, 4)));
      });
      expect(await stored()).toEqual([1, 4]);
    });

    it("keeps its scope through a rollback to one", async () => {
      const rows = await inA(async (tx) => {
        await codeOf(() => tx.savepoint((inner) => inner.query("select 1 / 0 from note")));
        await codeOf(() => tx.savepoint((inner) => inner.query("select 1 / 0")));
        await insert(tx, 1);
        return (await tx.query("select distinct tenant_id from note")).rows;
      });
      expect(rows).toEqual([{ tenant_id: stage.a.id }]);
    });

    it("gives its scope back where one that was forged is rolled back", async () => {
      const rows = await inA(async (tx) => {
        await insert(tx, 1);
        await failureOf(() =>
          tx.savepoint(async (inner) => {
            await inner.query("select set_config('tenantry.scope', $1, true)", [forgedSeal()]);
            await inner.query("select count(*) from note");
          }),
        );
        return (await tx.query("select id from note")).rows;
      });
      expect(rows).toEqual([{ id: 1 }]);
    });

    it("may begin with one", async () => {
      await inA((tx) => tx.savepoint((inner) => insert(inner, 1)));
      expect(await stored()).toEqual([1]);
    });
  });

  describe("with options", () => {
    const level = (tx: Transaction) =>
      tx.query(
        "select current_setting('transaction_isolation') as level, current_setting('transaction_read_only') as ro",
      );

    it.each([
      [undefined, "read committed", "off"],
      [{ isolation: "read committed" }, "read committed", "off"],
      [{ isolation: "repeatable read" }, "repeatable read", "off"],
      [{ isolation: "serializable", readOnly: true }, "serializable", "on"],
      [{ readOnly: true }, "read committed", "on"],
      [{ readOnly: false }, "read committed", "off"],
    ] as const)("%j has isolation %s and read only %s", async (options, isolation, readOnly) => {
      expect((await inA(level, options)).rows).toEqual([{ level: isolation, ro: readOnly }]);
      expect((await inA(level)).rows).toEqual([{ level: "read committed", ro: "off" }]);
    });

    it("writes nothing where it is read only", async () => {
      expect(await codeOf(() => inA((tx) => insert(tx, 1), { readOnly: true }))).toBe("25006");
    });

    it("sees one snapshot where it asked for that", async () => {
      const counts = await inA(
        async (tx) => {
          const count = () => tx.query("select count(*)::int as n from note");
          const before = await count();
          await stage.admin("insert into note values (77, '', $1)", [stage.a.id]);
          return [before.rows, (await count()).rows];
        },
        { isolation: "repeatable read" },
      );
      expect(counts).toEqual([[{ n: 0 }], [{ n: 0 }]]);
    });

    it("refuses an isolation level that is none, SQL included", async () => {
      const isolation = "serializable; drop table note" as "serializable";
      expect(await codeOf(() => inA(level, { isolation }))).toBe("CONFIG_INVALID");
      expect(sent()).toEqual([]);
      expect(await query("asB", "select count(*)::int as n from note")).toEqual([{ n: 5 }]);
    });
  });
});

function refuseToBind(): never {
  throw new Error("will not be bound");
}
