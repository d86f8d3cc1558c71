import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Tenantry } from "../../src/tenantry.js";
import { describeOnServers } from "../support/servers.js";
import { rawQuery } from "./support/bare.js";
import { codeOf, failureOf } from "./support/outcome.js";
import { createStage, type Rows, type Stage, type StageSettings } from "./support/stage.js";
import { messagesOf, openWireTap, stringsOf, type WireTap } from "./support/wire-tap.js";

const schema = `
  create table note (id integer primary key, body text not null default '');
  select tenantry.protect('note');
  create table parent (id integer primary key);
  select tenantry.protect('parent');
  create table child (id integer primary key, parent_id integer, tenant_id uuid,
    foreign key (tenant_id, parent_id) references parent (tenant_id, id) deferrable initially deferred);
  select tenantry.protect('child');
`;

describeOnServers("a statement on the scoped pool", (server) => {
  let stage: Stage;
  let tap: WireTap;
  let app: Tenantry;
  let db: Tenantry["db"];

  /** One connection, so that what one statement leaves there the next one finds. */
  async function open(options: StageSettings = {}): Promise<void> {
    await app?.close();
    app = stage.open({ maxConnections: 1, url: tap.url, ...options });
    db = app.db;
  }

  beforeAll(async () => {
    stage = await createStage(server, { schema });
    tap = await openWireTap(stage.database.appUrl);
  });
  afterAll(async () => {
    await stage?.close();
    await tap?.close();
  });
  beforeEach(async () => {
    await stage.admin("truncate note, parent, child");
    await stage.admin("insert into note select i, 'a' || i, $1 from generate_series(1, 3) i", [
      stage.a.id,
    ]);
    await stage.admin("insert into note select i, 'b' || i, $1 from generate_series(1, 5) i", [
      stage.b.id,
    ]);
    await open();
  });
  afterEach(() => app.close());

  async function run(as: "asA" | "asB", text: string, values?: unknown[]): Promise<Rows> {
    const { rows } = await stage[as](() => db.query(text, values));
    return rows;
  }
  const asA = (text: string, values?: unknown[]) => run("asA", text, values);
  const asB = (text: string, values?: unknown[]) => run("asB", text, values);
  const backend = async () => (await asA("select pg_backend_pid() as pid"))[0]?.["pid"];

  describe("sees its tenant", () => {
    it("and no other, in turn on one connection", async () => {
      for (let i = 0; i < 5; i++) {
        expect(await asA("select count(*)::int as n from note")).toEqual([{ n: 3 }]);
        expect(await asB("select count(*)::int as n from note")).toEqual([{ n: 5 }]);
      }
      expect(db.totalCount).toBe(1);
    });

    it("and fills the tenant in by itself", async () => {
      await asA("insert into note (id, body) values (9, 'new')");
      expect(await stage.admin("select tenant_id from note where id = 9")).toEqual([
        { tenant_id: stage.a.id },
      ]);
    });

    it("and changes and deletes nobody else's rows", async () => {
      const { rowCount } = await stage.asA(() => db.query("update note set body = 'x'"));
      expect(rowCount).toBe(3);
      await asA("delete from note");
      expect(await stage.admin("select distinct tenant_id, body <> 'x' as kept from note")).toEqual(
        [{ tenant_id: stage.b.id, kept: true }],
      );
    });
  });

  describe("gives", () => {
    it("what pg gives: rows, their number, the command and the fields", async () => {
      const result = await stage.asA(() =>
        db.query("select id, body from note where id = $1", [1]),
      );
      expect(result).toMatchObject({
        rows: [{ id: 1, body: "a1" }],
        rowCount: 1,
        command: "SELECT",
      });
      expect(result.fields.map(({ name }) => name)).toEqual(["id", "body"]);
      const inserted = await stage.asA(() => db.query("insert into note (id) values (7), (8)"));
      expect(inserted).toMatchObject({ rows: [], rowCount: 2, command: "INSERT", fields: [] });
    });

    it("the same again from the prepared statement, without a Describe", async () => {
      const text = "select id, body from note order by id";
      const first = await stage.asA(() => db.query(text));
      expect(await stage.asA(() => db.query(text))).toEqual(first);
      expect((await stage.asB(() => db.query(text))).rows).toHaveLength(5);
    });

    it("rows as arrays, and by parsers of the statement's own", async () => {
      const text = "select id from note order by id";
      await asA(text);
      const arrays = await stage.asA(() => db.query({ text, rowMode: "array" }));
      expect(arrays.rows).toEqual([[1], [2], [3]]);
      const types = { getTypeParser: () => (value: string) => `<${value}>` };
      const read = await stage.asA(() => db.query({ text, types }));
      expect(read.rows).toEqual([{ id: "<1>" }, { id: "<2>" }, { id: "<3>" }]);
      expect(await asA(text)).toEqual([{ id: 1 }, { id: 2 }, { id: 3 }]);
    });

    it("values of every type that pg binds", async () => {
      const values = [7, "x", null, true, new Date(0), Buffer.from("ab"), [1, 2], { a: 1 }];
      const text =
        "select $1::int a, $2::text b, $3::text c, $4::bool d, $5::timestamptz e, $6::bytea f, $7::int[] g, $8::jsonb h";
      const [row] = await asA(text, values);
      expect(Object.values(row!)).toEqual(values);
    });

    it("nothing for an empty text", async () => {
      expect(await stage.asA(() => db.query(""))).toMatchObject({ rows: [], command: null });
    });
  });

  describe("is one flush", () => {
    it("and one answer, on a connection that knows it: one write, one read", async () => {
      const text = "select body from note where id = $1";
      await asA(text, [1]);
      tap.reset();
      expect(await asA(text, [2])).toEqual([{ body: "a2" }]);
      expect(tap.flights.map(({ from, types, pieces }) => [from, types, pieces])).toEqual([
        ["client", "BEBES", 1],
        ["server", "2DC2DCZ", 1],
      ]);
    });

    it("and one answer at its first use as well", async () => {
      await asA("select 1");
      tap.reset();
      await asA("select body from note where id = $1", [2]);
      expect(tap.flights.map(({ from, types }) => [from, types])).toEqual([
        ["client", "BEPBDES"],
        ["server", "2DC12TDCZ"],
      ]);
    });

    it("that carries the seal as a bound parameter and nowhere else", async () => {
      await asA("select 1");
      tap.reset();
      await asA("select 2");
      const sealed = messagesOf(tap, "client", "B").filter(({ body }) => body.includes("t1."));
      expect(sealed).toHaveLength(1);
      for (const { body } of messagesOf(tap, "client", "P"))
        expect(body.includes("t1.")).toBe(false);
      expect(messagesOf(tap, "client", "Q")).toEqual([]);
    });
  });

  describe("leaves on the connection", () => {
    /** What the session knows of a scope, asked in a unit of B's with the setting that A left. */
    async function sessionSetting(): Promise<unknown> {
      const pid = await backend();
      const [row] = await stage.admin(
        "select state, query like '%t1.%' as shown from pg_stat_activity where pid = $1",
        [pid],
      );
      return row;
    }

    it("no transaction, and no seal that other sessions could read", async () => {
      await asA("select count(*) from note");
      expect(await sessionSetting()).toEqual({ state: "idle", shown: false });
    });

    it("no tenant: what comes after it without a scope has none", async () => {
      // Pass a statement of the driver's own past the scoped client.
      await asA("select count(*) from note");
      const client = await stage.asA(() => db.connect());
      const raw = await rawQuery(client, "select current_setting('tenantry.scope', true) as scope");
      expect(["", null]).toContain(raw);
      client.release();
    });

    it("no tenant after an error either", async () => {
      await codeOf(() => asA("select 1 / 0 from note"));
      const client = await stage.asA(() => db.connect());
      expect(["", null]).toContain(
        await rawQuery(client, "select current_setting('tenantry.scope', true) as scope"),
      );
      client.release();
    });
  });

  describe("that fails", () => {
    it.each([
      ["divides by zero", "select 1 / (id - 2) from note", "22012"],
      ["clashes with a key", "insert into note (id) values (1)", "23505"],
      [
        "breaks a deferred constraint, found at Sync",
        "insert into child (id, parent_id) values (1, 99)",
        "23503",
      ],
      ["is no SQL", "selekt 1", "42601"],
      ["names no table", "select * from nowhere", "42P01"],
      ["may not", "truncate note", "42501"],
      ["has a bad value", "select 'x'::int", "22P02"],
      ["has several statements", "select 1; select 2", "STATEMENT_REFUSED"],
      ["copies", "copy note from stdin", "STATEMENT_REFUSED"],
      ["forges", "insert into note (id, tenant_id) values (7, gen_random_uuid())", "42501"],
    ])("because it %s leaves the connection good, with no tenant", async (_, text, code) => {
      const pid = await backend();
      for (let i = 0; i < 3; i++) {
        expect(await codeOf(() => asA(text))).toBe(code);
        expect(await asB("select count(*)::int as n from note")).toEqual([{ n: 5 }]);
      }
      expect(await backend()).toBe(pid);
      expect(await stage.admin("select count(*)::int as n from note")).toEqual([{ n: 8 }]);
    });

    it("halfway through its rows gives the error, not the rows so far", async () => {
      expect(await codeOf(() => asA("select 1 / (3 - id) from note order by id"))).toBe("22012");
    });

    it("because a value cannot be bound was not sent at all", async () => {
      const pid = await backend();
      const stubborn = {
        toPostgres() {
          throw new Error("will not be bound");
        },
      };
      tap.reset();
      await expect(asA("select $1::text", [stubborn])).rejects.toThrow("will not be bound");
      expect(tap.flights).toEqual([]);
      expect(await backend()).toBe(pid);
    });

    it("because it got too few values is the caller's fault, not the database's", async () => {
      expect(await codeOf(() => asA("select $1::text"))).toBe("08P01");
      expect(await asB("select count(*)::int as n from note")).toEqual([{ n: 5 }]);
    });

    it("because its rows cannot be read is asked again with better parsers", async () => {
      const types = {
        getTypeParser: () => (): never => {
          throw new Error("unreadable");
        },
      };
      const text = "select id from note";
      await expect(stage.asA(() => db.query({ text, types }))).rejects.toThrow("unreadable");
      expect(await asA(text)).toHaveLength(3);
      expect(await asB(text)).toHaveLength(5);
    });

    it("says what pg says: code, constraint, detail", async () => {
      const error = await failureOf(() => asA("insert into note (id) values (1)"));
      expect(error).toMatchObject({ code: "23505", constraint: "note_pkey", severity: "ERROR" });
    });

    it.each([null, undefined, 7, {}, { values: [] }, { text: 7 }])(
      "because it has no text is refused: %j",
      async (query) => {
        const refused = stage.asA(() => db.query(query as string));
        await expect(refused).rejects.toMatchObject({ code: "STATEMENT_REFUSED" });
      },
    );

    it("because its values are no array is refused", async () => {
      const refused = stage.asA(() => db.query("select $1", "x" as unknown as string[]));
      await expect(refused).rejects.toMatchObject({ code: "STATEMENT_REFUSED" });
    });
  });

  describe("is prepared", () => {
    /** The texts that the server has prepared on the pool's connection, without the scope's. */
    const prepared = async (): Promise<string[]> => {
      const client = await stage.asA(() => db.connect());
      const text =
        "select coalesce(array_agg(statement), '{}') from pg_prepared_statements where name <> 'tenantry_scope'";
      const texts = (await rawQuery(client, text)) as string[];
      client.release();
      return texts;
    };

    it("once on a connection, and closed when there are too many", async () => {
      await open({ preparedStatements: 5 });
      tap.reset();
      for (let round = 0; round < 3; round++) {
        for (let i = 0; i < 20; i++) await asA(`select ${i}`);
      }
      const [parsed, closed] = ["P", "C"].map((type) => messagesOf(tap, "client", type).length);
      // Each of the 20 anew in each round, and the scope's own.
      expect([parsed, closed]).toEqual([61, 55]);
      expect(await prepared()).toHaveLength(5);
    });

    it("bounded as well where statements fail, at Parse and later", async () => {
      await open({ preparedStatements: 5 });
      for (let i = 0; i < 20; i++) {
        await codeOf(() => asA(`select ${i} / 0`));
        await codeOf(() => asA(`select ${i} from nowhere`));
        await codeOf(() =>
          asA(`select $1::text, ${i}`, [{ toPostgres: () => unbindable() }]),
        ).catch(() => undefined);
      }
      expect((await prepared()).length).toBeLessThanOrEqual(5);
    });

    it("under no name at all where the pooler knows none", async () => {
      await open({ preparedStatements: "unnamed" });
      await asA("select 1");
      tap.reset();
      for (let i = 0; i < 3; i++) {
        expect(await asA("select body from note where id = $1", [1])).toEqual([{ body: "a1" }]);
        expect(await codeOf(() => asA("select 1 / 0"))).toBe("22012");
        expect(await asB("select count(*)::int as n from note")).toEqual([{ n: 5 }]);
      }
      const names = messagesOf(tap, "client", "P").map((parse) => stringsOf(parse)[0]);
      expect(new Set(names)).toEqual(new Set([""]));
      expect(messagesOf(tap, "client", "S")).toHaveLength(tap.flights.length / 2);
      expect(await prepared()).toEqual([]);
    });

    it("anew after its table changed, unseen by the caller", async () => {
      const text = "select * from note where id = 1";
      const pid = await backend();
      await asA(text);
      for (const change of [
        "add column extra int default 7",
        "drop column extra",
        "alter body type varchar(50)",
      ]) {
        await stage.owner(`alter table note ${change}`);
        expect(Object.keys((await asA(text))[0]!)).toEqual(
          change.startsWith("add")
            ? ["id", "body", "tenant_id", "extra"]
            : ["id", "body", "tenant_id"],
        );
        expect(await asB(text)).toHaveLength(1);
      }
      expect(await backend()).toBe(pid);
      expect((await prepared()).filter((known) => known.startsWith(text))).toHaveLength(1);
    });

    it("anew in the next transaction, where the change was noticed inside one", async () => {
      const text = "select * from note where id = 1";
      await asA(text);
      await stage.owner("alter table note add column extra int default 7");
      const inTransaction = () => stage.asA(() => db.transaction((tx) => tx.query(text)));
      expect(await codeOf(inTransaction)).toBe("0A000");
      expect((await inTransaction()).rows).toMatchObject([{ extra: 7 }]);
      await stage.owner("alter table note drop column extra");
    });

    it("anew where something else deallocated it", async () => {
      const text = "select count(*)::int as n from note";
      await asA(text);
      const client = await stage.asA(() => db.connect());
      await rawQuery(client, "deallocate all");
      client.release();
      expect(await asA(text)).toEqual([{ n: 3 }]);
      expect(await asB(text)).toEqual([{ n: 5 }]);
    });
  });
});

function unbindable(): never {
  throw Object.assign(new Error("will not be bound"), { code: "UNBINDABLE" });
}
