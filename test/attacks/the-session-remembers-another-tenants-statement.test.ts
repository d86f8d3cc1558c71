import { afterAll, beforeAll, expect, it } from "vitest";
import type { Tenantry } from "../../src/tenantry.js";
import { describeOnServers } from "../support/servers.js";
import { createArena, type Arena } from "./support/arena.js";

/** B's application puts values into its texts, as it should not; A's is open to injection. */
describeOnServers("the text of another tenant's statement", (server) => {
  let arena: Arena;
  let app: Tenantry;

  beforeAll(async () => {
    arena = await createArena(server);
    app = arena.open({ maxConnections: 1 });
    // On the connection that A gets next, and on one of another process.
    for (const other of [app, app, arena.open()]) {
      await other.run(arena.scopeB, () =>
        other.db.query("select id from note where body = 'b-canary'"),
      );
    }
  });
  afterAll(() => arena?.close());

  it.each([
    "select statement as text from pg_prepared_statements",
    "select query as text from pg_stat_activity where datname = current_database()",
    "select pg_stat_get_backend_activity(pg_stat_get_backend_idset()) as text",
    "select query as text from pg_stat_get_activity(null)",
    "select statement as text from pg_cursors",
    "select statement as text from pg_prepared_statement()",
  ])("is not to be had on the scoped pool: %s", async (text) => {
    const seen = await app.run(arena.scopeA, () =>
      app.db.query(text).then(
        ({ rows }) => JSON.stringify(rows),
        (error: { code: string }) => error.code,
      ),
    );
    expect(seen).not.toContain("b-canary");
  });
});
