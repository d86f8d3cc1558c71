import { randomBytes } from "node:crypto";
import type pg from "pg";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createKeyRing } from "../../src/core/seal/key-ring.js";
import { installSealKeys } from "../../src/database/seal-keys.js";
import type { Tenantry } from "../../src/tenantry.js";
import { describeOnServers } from "../support/servers.js";
import { sealOf, underSeal, withBare } from "./support/bare.js";
import { codeOf } from "./support/outcome.js";
import { createStage, scopeOf, type Stage } from "./support/stage.js";

const schema = `
  create table note (id integer primary key, body text not null default '');
  select tenantry.protect('note');
`;
const count = "select count(*)::int as n from note";
const newSecret = () => randomBytes(32).toString("hex");

describeOnServers("the seal keys of a database", (server) => {
  let stage: Stage;

  beforeEach(async () => {
    stage = await createStage(server, { schema });
    await stage.admin("insert into note select i, 'a', $1 from generate_series(1, 3) i", [
      stage.a.id,
    ]);
    await stage.admin("insert into note select i, 'b', $1 from generate_series(1, 5) i", [
      stage.b.id,
    ]);
  });
  afterEach(async () => {
    vi.useRealTimers();
    await stage.close();
  });

  const install = (...secrets: string[]) =>
    withBare(stage.database.ownerUrl, (owner) =>
      installSealKeys(owner, createKeyRing(secrets.length === 1 ? secrets[0]! : secrets)),
    );
  const retire = (secret: string) =>
    stage.owner(`select tenantry.retire_seal_key('${createKeyRing(secret).current.id}') as line`);
  const ids = async () => {
    const rows = await stage.admin("select distinct id from tenantry.seal_key order by id");
    return rows.map(({ id }) => id as string);
  };
  const asA = (app: Tenantry) =>
    app.run(stage.scopeA, async () => (await app.db.query(count)).rows);

  describe("are installed", () => {
    it("for the three purposes that the database opens, and no other", async () => {
      expect(await stage.admin("select purpose from tenantry.seal_key order by purpose")).toEqual([
        { purpose: "database" },
        { purpose: "operator" },
        { purpose: "registry" },
      ]);
    });

    it("once: again is left as it is", async () => {
      expect(await install(stage.database.secret)).toEqual([
        `seal key ${stage.keys.current.id} was there already`,
      ]);
      expect(await ids()).toEqual([stage.keys.current.id]);
    });

    it("beside another, and never a third", async () => {
      const [second, third] = [newSecret(), newSecret()];
      expect(await install(second)).toEqual([
        expect.stringMatching(/^installed seal key [0-9a-f]{8}$/),
      ]);
      await expect(install(third)).rejects.toMatchObject({
        message: "two seal keys are live already",
        hint: expect.stringContaining("retire_seal_key"),
      });
      expect(await ids()).toHaveLength(2);
      expect(await install(second, stage.database.secret)).toHaveLength(2);
    });

    it("the older one first, of two", async () => {
      await retireAll();
      const [fresh, old] = [newSecret(), newSecret()];
      expect(await install(fresh, old)).toEqual([
        `installed seal key ${createKeyRing(old).current.id}`,
        `installed seal key ${createKeyRing(fresh).current.id}`,
      ]);
    });

    it("by the owner role only", async () => {
      const pads = JSON.stringify({ database: { inner: "00".repeat(64), outer: "00".repeat(64) } });
      for (const url of [stage.database.appUrl, stage.database.operatorUrl]) {
        await withBare(url, async (client) => {
          for (const text of [
            `select tenantry.install_seal_key('00000000', '${pads}')`,
            `select tenantry.retire_seal_key('${stage.keys.current.id}')`,
            "select * from tenantry.seal_key",
            "insert into tenantry.seal_key values ('00000000', 'database', '', '')",
            "delete from tenantry.seal_key",
            "truncate tenantry.seal_key",
          ]) {
            expect([text, await codeOf(() => client.query(text))]).toEqual([text, "42501"]);
          }
        });
      }
    });

    it("whole or not at all", async () => {
      const bad = [
        [
          `'nothex!!'`,
          `'{"database": {"inner": "${"00".repeat(64)}", "outer": "${"00".repeat(64)}"}}'`,
        ],
        [
          `'00000000'`,
          `'{"service": {"inner": "${"00".repeat(64)}", "outer": "${"00".repeat(64)}"}}'`,
        ],
        [`'00000000'`, `'{"database": {"inner": "00", "outer": "00"}}'`],
        [`'00000000'`, `'{"database": {}}'`],
      ];
      for (const [id, pads] of bad) {
        await expect(
          stage.owner(`select tenantry.install_seal_key(${id}, ${pads})`),
        ).rejects.toMatchObject({ code: /^235/ });
      }
      expect(await ids()).toEqual([stage.keys.current.id]);
    });
  });

  describe("are retired", () => {
    it("and open nothing from then on", async () => {
      const second = newSecret();
      await install(second);
      expect(await asA(stage.tenantry)).toEqual([{ n: 3 }]);
      await retire(stage.database.secret);
      expect(await codeOf(() => asA(stage.tenantry))).toBe("DATABASE_SCOPE_REFUSED");
      expect(await asA(stage.open({}, second))).toEqual([{ n: 3 }]);
    });

    it("but never the last one", async () => {
      await expect(retire(stage.database.secret)).rejects.toThrow("is the only live one");
      expect(await asA(stage.tenantry)).toEqual([{ n: 3 }]);
    });

    it("only where they are there", async () => {
      const other = newSecret();
      expect(await retire(other)).toEqual([
        { line: `there was no seal key ${createKeyRing(other).current.id}` },
      ]);
    });
  });

  it("are replaced under traffic without a single refusal", async () => {
    const next = newSecret();
    const old = stage.tenantry;
    const both = stage.open({}, [next, stage.database.secret]);
    const fresh = stage.open({}, next);
    const apps = new Set([old]);
    const failures: string[] = [];
    let [busy, done] = [true, 0];
    const traffic = Array.from({ length: 8 }, async (_, i) => {
      while (busy) {
        for (const app of apps) {
          const [scope, n] = i % 2 ? [stage.scopeA, 3] : [stage.scopeB, 5];
          try {
            const { rows } = await app.run(scope, () => app.db.query(count));
            if (rows[0]?.["n"] !== n) failures.push(JSON.stringify(rows));
          } catch (error) {
            failures.push(String(error));
          }
          done += 1;
        }
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
    });
    const settle = () => new Promise((resolve) => setTimeout(resolve, 100));
    await settle();
    await install(next, stage.database.secret); // 1. the new key beside the old one
    apps.add(both); // 2. instances roll over, both secrets live
    await settle();
    apps.delete(old);
    await settle();
    apps.add(fresh);
    apps.delete(both);
    await settle();
    await retire(stage.database.secret); // 3. nothing seals with the old one any more
    await settle();
    busy = false;
    await Promise.all(traffic);
    expect(failures).toEqual([]);
    expect(done).toBeGreaterThan(100);
    expect(await codeOf(() => asA(old))).toBe("DATABASE_SCOPE_REFUSED");
    expect((await scopeOf(fresh, stage.a)).tenant.id).toBe(stage.a.id);
  });

  describe("and the clock", () => {
    it("refuse an application whose clock is behind by more than a seal's lifetime", async () => {
      const app = stage.open({ sealLifetime: 10 });
      expect(await asA(app)).toEqual([{ n: 3 }]);
      vi.useFakeTimers({ now: Date.now() - 3_600_000, toFake: ["Date"] });
      const late = stage.open({ sealLifetime: 10 });
      const error = await codeOf(() => asA(late));
      vi.useRealTimers();
      expect(error).toBe("DATABASE_SCOPE_REFUSED");
    });

    it("let an application go on whose seals are renewed before they expire", async () => {
      const app = stage.open({ sealLifetime: 2 });
      const until = Date.now() + 2_300;
      let done = 0;
      while (Date.now() < until) {
        expect(await asA(app)).toEqual([{ n: 3 }]);
        done += 1;
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
      expect(done).toBeGreaterThan(20);
    });

    it("let a transaction end that outlives its seal", async () => {
      const app = stage.open({ sealLifetime: 2 });
      const rows = await app.run(stage.scopeA, () =>
        app.db.transaction(async (tx) => {
          await tx.query(count);
          await tx.query("select pg_sleep(2.2)");
          await tx.query("insert into note (id) values (9)");
          return (await tx.query(count)).rows;
        }),
      );
      expect(rows).toEqual([{ n: 4 }]);
    });
  });

  describe("for the registry", () => {
    const find = "select slug from tenantry.find_tenant($1, $2, $3)";

    it("let the app role look one tenant up at a time, with a seal", async () => {
      await withBare(stage.database.appUrl, async (app: pg.Client) => {
        const seal = sealOf(stage, "00000000-0000-0000-0000-000000000000", { purpose: "registry" });
        const { rows } = await app.query(find, [seal, "slug", "acme"]);
        expect(rows).toEqual([{ slug: "acme" }]);
        expect((await app.query(find, [seal, "slug", "%"])).rows).toEqual([]);
        expect((await app.query(find, [seal, "slug", null])).rows).toEqual([]);
      });
    });

    it("are the only way: no other seal looks anyone up", async () => {
      await withBare(stage.database.appUrl, async (app) => {
        for (const seal of [
          null,
          "",
          sealOf(stage, stage.a.id),
          sealOf(stage, stage.a.id, { purpose: "operator" }),
          sealOf(stage, stage.a.id, { purpose: "service" }),
        ]) {
          expect(await codeOf(() => app.query(find, [seal, "slug", "acme"]))).toBe("TN002");
        }
        const expired = sealOf(stage, stage.a.id, {
          purpose: "registry",
          expiresAt: Math.floor(Date.now() / 1000) - 1,
        });
        expect(await codeOf(() => app.query(find, [expired, "slug", "acme"]))).toBe("TN003");
      });
    });

    it("open no table of the registry to the app role", async () => {
      await withBare(stage.database.appUrl, async (app) => {
        for (const table of ["tenant", "domain", "operator_record", "seal_key", "policy_model"]) {
          const text = `select * from tenantry.${table}`;
          expect([
            table,
            await codeOf(() => underSeal(app, sealOf(stage, stage.a.id), text)),
          ]).toEqual([table, "42501"]);
        }
        for (const text of [
          "select tenantry.open_seal('', 'registry')",
          "select last_value from tenantry.registry_version",
          "select nextval('tenantry.registry_version')",
        ]) {
          expect(await codeOf(() => app.query(text))).toBe("42501");
        }
      });
    });
  });

  /** Past the functions, which never leave a database without a key. */
  async function retireAll(): Promise<void> {
    await stage.admin("delete from tenantry.seal_key");
  }
});
