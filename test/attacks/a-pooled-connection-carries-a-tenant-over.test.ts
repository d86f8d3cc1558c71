import fc from "fast-check";
import pg from "pg";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { Tenantry } from "../../src/tenantry.js";
import { describeOnServers } from "../support/servers.js";
import { createArena, type Arena } from "./support/arena.js";

/** What a tenant may do on a connection before the next one gets it. */
const steps = [
  "select * from note",
  "select 1 / 0",
  "insert into note (id, body) values (1, 'x')",
  "selekt",
  "select pg_sleep('x')",
  "select set_config('timezone', 'Asia/Tokyo', false)",
  "select set_config('tenantry.scope', '', false)",
  "select set_config('search_path', 'weak', false)",
  "begin",
  "commit",
  "rollback",
  "savepoint a",
  "rollback to a",
  "set local timezone = 'Asia/Tokyo'",
  "declare c cursor for select * from note",
  "release early",
  "use after release",
] as const;
type Step = (typeof steps)[number];

describeOnServers("a connection that tenants use in turn", (server) => {
  let arena: Arena;
  let app: Tenantry;

  beforeAll(async () => {
    arena = await createArena(server);
    app = arena.open({ maxConnections: 1, connectionTimeout: 2_000 });
  });
  afterAll(() => arena?.close());

  async function live(who: "a" | "b", course: readonly Step[]): Promise<void> {
    const scope = who === "a" ? arena.scopeA : arena.scopeB;
    await app.run(scope, async () => {
      const client = await app.db.connect();
      let released = false;
      for (const step of course) {
        if (step === "release early" && !released) {
          released = true;
          client.release();
        } else if (step !== "release early" && (step !== "use after release" || released)) {
          await client
            .query(step === "use after release" ? "select * from note" : step)
            .catch(() => undefined);
        }
      }
      if (!released) client.release();
    });
  }
  async function looksLike(who: "a" | "b"): Promise<unknown> {
    const scope = who === "a" ? arena.scopeA : arena.scopeB;
    const text =
      "select count(*)::int as n, min(tenant_id::text) as tenant, max(tenant_id::text) as other, current_setting('timezone') as zone, current_setting('search_path') as path from note";
    return (await app.run(scope, () => app.db.query(text))).rows[0];
  }

  it(
    "shows each its own rows and settings, whatever the one before did",
    { timeout: 60_000 },
    async () => {
      const fresh = { a: await looksLike("a"), b: await looksLike("b") };
      expect(fresh.a).toMatchObject({ n: 3, tenant: arena.a.id, other: arena.a.id });
      expect(fresh.b).toMatchObject({ n: 6, tenant: arena.b.id, other: arena.b.id });
      const life = fc.tuple(
        fc.constantFrom("a", "b"),
        fc.array(fc.constantFrom(...steps), { maxLength: 8 }),
      );
      await fc.assert(
        fc.asyncProperty(fc.array(life, { minLength: 1, maxLength: 4 }), async (lives) => {
          for (const [who, course] of lives) await live(who, course);
          expect(await looksLike("a")).toEqual(fresh.a);
          expect(await looksLike("b")).toEqual(fresh.b);
        }),
        { numRuns: 120 },
      );
    },
  );

  it("would show the last tenant's where the setting is the session's", async () => {
    const pool = new pg.Pool({ connectionString: arena.database.appUrl, max: 1 });
    pool.on("error", () => undefined);
    await pool.query("select set_config('app.tenant', $1, false)", [arena.b.id]);
    const client = await pool.connect();
    await client.query("select 1 / 0").catch(() => undefined);
    client.release();
    const { rows } = await pool.query("select body from weak.note");
    await pool.end();
    expect(JSON.stringify(rows)).toContain("b-canary");
  });
});
