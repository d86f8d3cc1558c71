import pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createKeyRing } from "../../src/core/seal/key-ring.js";
import { sealPurposes } from "../../src/core/seal/purpose.js";
import { makeSeal, noTenant } from "../../src/core/seal/seal.js";
import { newUuid } from "../../src/core/uuid.js";
import { describeOnServers } from "../support/servers.js";
import { sealOf, underSeal } from "./support/bare.js";
import { codeOf } from "./support/outcome.js";
import { createStage, type Stage } from "./support/stage.js";

const schema = `
  create table note (id integer primary key, body text not null default '');
  select tenantry.protect('note');
  create table bare_note (id integer primary key);
  select tenantry.protect('bare_note');
`;
const count = "select count(*)::int as n from note";

describeOnServers("the sealed scope in PostgreSQL, without Tenantry's pool", (server) => {
  let stage: Stage;
  let app: pg.Client;

  beforeAll(async () => {
    stage = await createStage(server, { schema });
    await stage.admin("insert into note select i, 'a', $1 from generate_series(1, 3) i", [
      stage.a.id,
    ]);
    await stage.admin("insert into note select i, 'b', $1 from generate_series(1, 5) i", [
      stage.b.id,
    ]);
    app = new pg.Client(stage.database.appUrl);
    await app.connect();
  });
  afterAll(async () => {
    await app?.end();
    await stage?.close();
  });

  const code = (seal: string | null, text = count) => codeOf(() => underSeal(app, seal, text));
  const now = () => Math.floor(Date.now() / 1000);
  const replaceAt = (seal: string, at: number, text: string) =>
    seal.slice(0, at) + text + seal.slice(at + text.length);

  describe("opens", () => {
    it("its tenant's rows and nobody else's", async () => {
      expect(await underSeal(app, sealOf(stage, stage.a.id), count)).toEqual([{ n: 3 }]);
      expect(await underSeal(app, sealOf(stage, stage.b.id), count)).toEqual([{ n: 5 }]);
      expect(await underSeal(app, sealOf(stage, newUuid()), count)).toEqual([{ n: 0 }]);
    });

    it("with claims in the seal as well", async () => {
      const claims = { aud: "x".repeat(300), ü: "\n" };
      expect(await underSeal(app, sealOf(stage, stage.a.id, { claims }), count)).toEqual([
        { n: 3 },
      ]);
    });

    it("for the transaction in which it began, though it expires on the way", async () => {
      const seal = sealOf(stage, stage.a.id, { expiresAt: now() + 1 });
      const rows = await underSeal(app, seal, count, "select pg_sleep(1.1)", count);
      expect(rows).toEqual([{ n: 3 }]);
      expect(await code(seal)).toBe("TN003");
    });

    it("to all workers of a parallel plan", async () => {
      const parallel = server.version >= 160000 ? "debug_parallel_query" : "force_parallel_mode";
      const rows = await underSeal(
        app,
        sealOf(stage, stage.a.id),
        `set local ${parallel} = on`,
        "set local parallel_setup_cost = 0",
        "set local min_parallel_table_scan_size = 0",
        count,
      );
      expect(rows).toEqual([{ n: 3 }]);
    });

    it("to a generic plan what it opens to a custom one", async () => {
      for (const mode of ["force_generic_plan", "force_custom_plan"]) {
        await app.query(`set plan_cache_mode = ${mode}`);
        const text = { name: `counts ${mode}`, text: count };
        for (let i = 0; i < 8; i++) {
          const [tenant, n] = i % 2 ? [stage.b, 5] : [stage.a, 3];
          await app.query("begin");
          await app.query("select set_config('tenantry.scope', $1, true)", [
            sealOf(stage, tenant.id),
          ]);
          expect((await app.query(text)).rows).toEqual([{ n }]);
          await app.query("commit");
        }
      }
      await app.query("reset plan_cache_mode");
    });
  });

  describe("raises", () => {
    it("TN001 without a scope, on an empty table too", async () => {
      expect(await code(null)).toBe("TN001");
      expect(await code("")).toBe("TN001");
      expect(await code(null, "select * from bare_note")).toBe("TN001");
    });

    it("TN003 after its expiry, on an empty table too", async () => {
      const expired = sealOf(stage, stage.a.id, { expiresAt: now() - 1 });
      expect(await code(expired)).toBe("TN003");
      expect(await code(expired, "select * from bare_note")).toBe("TN003");
    });

    it("TN002 for a seal of another tenant than was sealed, whatever rows that one has", async () => {
      const swap = (id: string) => replaceAt(sealOf(stage, stage.a.id), 23, id);
      expect(await code(swap(stage.b.id))).toBe("TN002");
      expect(await code(swap(stage.b.id), "select * from bare_note")).toBe("TN002");
      expect(await code(swap(stage.b.id), "select * from note where id = 77")).toBe("TN002");
      expect(await code(swap(newUuid()))).toBe("TN002");
    });

    it("TN002 for a later expiry than was sealed", async () => {
      expect(await code(replaceAt(sealOf(stage, stage.a.id), 12, "9999999999"))).toBe("TN002");
    });

    it("TN002 for a seal of another purpose, or under another secret", async () => {
      for (const purpose of sealPurposes.filter((known) => known !== "database")) {
        expect(await code(sealOf(stage, stage.a.id, { purpose }))).toBe("TN002");
      }
      const foreign = createKeyRing("another secret of at least thirty-two bytes");
      const contents = { tenantId: stage.a.id, expiresAt: now() + 60, claims: {} };
      const seal = makeSeal(foreign, "database", contents);
      expect(await code(seal)).toBe("TN002");
      expect(await code(replaceAt(seal, 3, stage.keys.current.id))).toBe("TN002");
    });

    it("an error for every single character of a seal that is changed", async () => {
      const seal = sealOf(stage, stage.a.id);
      const opened: [number, string][] = [];
      for (let at = 0; at < seal.length; at++) {
        for (const sign of ["0", "f", "A", "x", " ", "é"]) {
          if (seal[at] === sign) continue;
          const outcome = await underSeal(
            app,
            replaceAt(seal, at, sign),
            "select * from note",
          ).then(
            (rows) => (rows.length === 0 ? "nothing" : "rows"),
            () => "refused",
          );
          if (outcome === "rows") opened.push([at, sign]);
        }
      }
      expect(opened).toEqual([]);
    });

    it.each([
      ["a tenant's id", () => stage.a.id],
      ["blanks", () => "   "],
      ["a seal and a blank", () => `${sealOf(stage, stage.a.id)} `],
      ["a seal twice", () => sealOf(stage, stage.a.id).repeat(2)],
      ["a seal without its MAC", () => sealOf(stage, stage.a.id).slice(0, -64)],
      ["a seal in upper case", () => sealOf(stage, stage.a.id).toUpperCase()],
      ["the seal of no tenant", () => sealOf(stage, noTenant)],
      ["64 KB", () => "x".repeat(65_536)],
      ["SQL", () => "'; select 1; --"],
    ])("or shows nothing for %s", async (_, text) => {
      const rows = await underSeal(app, text(), "select * from note").catch(() => []);
      expect(rows).toEqual([]);
    });
  });

  describe("does not", () => {
    it("outlive its transaction", async () => {
      await app.query("begin");
      await app.query("select set_config('tenantry.scope', $1, true)", [sealOf(stage, stage.a.id)]);
      await app.query("commit");
      const { rows } = await app.query<{ scope: string }>(
        "select current_setting('tenantry.scope', true) as scope",
      );
      expect(["", null]).toContain(rows[0]!.scope);
    });

    it("say in its error what the seal was", async () => {
      const seal = replaceAt(sealOf(stage, stage.a.id), 23, stage.b.id);
      const error = await underSeal(app, seal, count).catch((raised: unknown) => raised);
      const text = JSON.stringify(error, Object.getOwnPropertyNames(error));
      expect(text).not.toContain(seal.slice(-64));
      expect(text).not.toContain(stage.b.id);
    });

    it("let a row be written for another tenant", async () => {
      const insert = (id: string): [string, unknown[]] => [
        "insert into note (id, tenant_id) values (9, $1)",
        [id],
      ];
      const seal = sealOf(stage, stage.a.id);
      expect(await codeOf(() => underSeal(app, seal, insert(stage.b.id)))).toBe("42501");
      expect(
        await codeOf(() => underSeal(app, seal, ["update note set tenant_id = $1", [stage.b.id]])),
      ).toBe("42501");
      expect(await underSeal(app, seal, insert(stage.a.id), count)).toEqual([{ n: 4 }]);
    });
  });
});
