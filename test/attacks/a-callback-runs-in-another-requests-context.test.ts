import { AsyncLocalStorage } from "node:async_hooks";
import pg from "pg";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { Tenantry } from "../../src/tenantry.js";
import { describeOnServers } from "../support/servers.js";
import { createArena, type Arena } from "./support/arena.js";

type Query = (text: string, done: (error: unknown, result?: { rows: unknown[] }) => void) => void;

describeOnServers("a callback passed to query()", (server) => {
  let arena: Arena;
  let app: Tenantry;

  beforeAll(async () => {
    arena = await createArena(server);
    app = arena.open({ maxConnections: 2 });
  });
  afterAll(() => arena?.close());

  it("runs in its caller's context, and asks on as its caller's tenant", async () => {
    const query: Query = (text, done) => (app.db as unknown as { query: Query }).query(text, done);
    const text = "select min(tenant_id::text) || max(tenant_id::text) as whose from note";
    const astray: number[] = [];
    await Promise.all(
      Array.from({ length: 200 }, (_, i) => {
        const scope = i % 2 ? arena.scopeA : arena.scopeB;
        const expected = JSON.stringify([{ whose: scope.tenant.id.repeat(2) }]);
        return new Promise<void>((resolve, reject) => {
          app.run(scope, () =>
            query(text, (error, first) => {
              if (error) return reject(error);
              query(text, (again, second) => {
                const seen = [first, second].map((result) => JSON.stringify(result?.rows));
                if (app.scope() !== scope || seen.some((rows) => rows !== expected)) astray.push(i);
                if (again) reject(again);
                else resolve();
              });
            }),
          );
        });
      }),
    );
    expect(astray).toEqual([]);
  });

  it("would run in another request's with pg's own pool", async () => {
    const storage = new AsyncLocalStorage<number>();
    const pool = new pg.Pool({ connectionString: arena.database.appUrl, max: 2 });
    pool.on("error", () => undefined);
    let astray = 0;
    await Promise.all(
      Array.from({ length: 100 }, (_, i) =>
        storage.run(
          i,
          () =>
            new Promise<void>((resolve) => {
              pool.query("select 1", () => {
                if (storage.getStore() !== i) astray += 1;
                resolve();
              });
            }),
        ),
      ),
    );
    await pool.end();
    expect(astray).toBeGreaterThan(0);
  });
});
