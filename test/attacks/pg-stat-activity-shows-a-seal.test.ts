import pg from "pg";
import { afterAll, beforeAll, expect, it } from "vitest";
import { sealOf } from "../database/support/bare.js";
import { describeOnServers } from "../support/servers.js";
import { createArena, type Arena } from "./support/arena.js";

/** Every session of a role may read what the others of that role run. */
describeOnServers("pg_stat_activity, read by a second session of the app role,", (server) => {
  let arena: Arena;
  let spy: pg.Client;

  beforeAll(async () => {
    arena = await createArena(server);
    spy = new pg.Client(arena.database.appUrl);
    await spy.connect();
  });
  afterAll(async () => {
    await spy?.end();
    await arena?.close();
  });

  /** Reads over and over while `work` goes on. */
  async function watch(work: Promise<unknown>): Promise<{ seen: Set<string>; reads: number }> {
    const seen = new Set<string>();
    let [busy, reads] = [true, 0];
    const done = work.finally(() => (busy = false));
    while (busy) {
      const { rows } = await spy.query<{ query: string }>(
        "select query from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()",
      );
      for (const { query } of rows) seen.add(query);
      reads += 1;
    }
    await done;
    return { seen, reads };
  }
  const withSeal = (seen: Set<string>) =>
    [...seen].filter((text) => /t1\.[0-9a-f]{8}\./.test(text));

  it("shows statements, and no seal, while they run", async () => {
    const { asA, tenantry } = arena;
    const query = (text: string) => asA(() => tenantry.db.query(text));
    const { seen } = await watch(
      (async () => {
        for (let i = 0; i < 20; i++) await query(`select ${i}, pg_sleep(0.005) from note`);
        await query("select 1 / 0").catch(() => undefined);
      })(),
    );
    expect(withSeal(seen)).toEqual([]);
    expect([...seen].some((text) => text.includes("pg_sleep"))).toBe(true);
  });

  it("shows none in a transaction, between its statements, or after it", async () => {
    const { asA, tenantry } = arena;
    const { seen } = await watch(
      asA(() =>
        tenantry.db.transaction(async (tx) => {
          for (let i = 0; i < 10; i++) {
            await tx.query("select count(*) from note");
            await new Promise((resolve) => setTimeout(resolve, 5));
          }
        }),
      ).then(() => new Promise((resolve) => setTimeout(resolve, 30))),
    );
    expect(withSeal(seen)).toEqual([]);
    expect(seen.size).toBeGreaterThan(0);
  });

  it("shows none of the registry's or an operator's", async () => {
    const { tenantry, a, admin } = arena;
    const { seen } = await watch(
      (async () => {
        for (let i = 0; i < 5; i++) {
          await tenantry.asOperator({ actor: "ada", reason: "x" }, (db) =>
            db.query("select pg_sleep(0.01)"),
          );
          await arena.open().tenants.find({ by: "id", value: a.id });
        }
      })(),
    );
    expect(withSeal(seen)).toEqual([]);
    const all = await admin(
      "select query from pg_stat_activity where query ~ 't1[.][0-9a-f]{8}[.]'",
    );
    expect(all).toEqual([]);
  });

  it("would show one that was sent as a literal", async () => {
    const app = new pg.Client(arena.database.appUrl);
    await app.connect();
    const seal = sealOf(arena, arena.a.id);
    const { seen } = await watch(
      app.query(`select set_config('tenantry.scope', '${seal}', false), pg_sleep(0.1)`),
    );
    await app.end();
    expect(withSeal(seen)).toHaveLength(1);
  });
});
