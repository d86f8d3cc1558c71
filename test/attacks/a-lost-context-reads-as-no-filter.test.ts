import { EventEmitter } from "node:events";
import pg from "pg";
import { afterAll, beforeAll, expect, it } from "vitest";
import { runDetached } from "../../src/core/context.js";
import { codeOf } from "../database/support/outcome.js";
import { describeOnServers } from "../support/servers.js";
import { createArena, type Arena } from "./support/arena.js";

describeOnServers("code that lost its context", (server) => {
  let arena: Arena;

  beforeAll(async () => {
    arena = await createArena(server);
  });
  afterAll(() => arena?.close());

  const read = () => arena.tenantry.db.query("select body from note");

  it.each<[string, (work: () => Promise<string>) => Promise<string>]>([
    ["in no request at all", (work) => work()],
    ["in what was detached", (work) => arena.asA(() => runDetached(work))],
    [
      "in a listener that another context calls",
      (work) =>
        new Promise((resolve) => {
          const emitter = new EventEmitter();
          arena.asA(() => emitter.on("x", () => void work().then(resolve)));
          emitter.emit("x");
        }),
    ],
    [
      "in a queue that a worker of its own works off",
      async (work) => {
        const queue: (() => Promise<string>)[] = [];
        arena.asA(() => queue.push(work));
        return queue.pop()!();
      },
    ],
  ])("gets SCOPE_REQUIRED and no rows: %s", async (_, lose) => {
    expect(await lose(() => codeOf(read))).toBe("SCOPE_REQUIRED");
  });

  it("gets no rows from PostgreSQL either, by whatever way it comes there", async () => {
    const pool = new pg.Pool({ connectionString: arena.database.appUrl, max: 1 });
    pool.on("error", () => undefined);
    const outcomes = [];
    for (const text of [
      "select body from note",
      "select body from comment",
      "select body from log",
      "select body from log_1",
      "update note set email = null returning body",
      "delete from note returning body",
    ]) {
      outcomes.push(
        await pool.query<object>(text).then(
          ({ rows }) => rows,
          (error: { code: string }) => error.code,
        ),
      );
    }
    await pool.end();
    expect(outcomes).toEqual(outcomes.map(() => "TN001"));
  });

  it("would get every row from a policy for which no setting means no filter", async () => {
    await arena.owner(
      "create table weak.lax (body text, tenant_id uuid); alter table weak.lax enable row level security; create policy lax on weak.lax using (current_setting('app.tenant', true) is null or tenant_id::text = current_setting('app.tenant', true)); grant select on weak.lax to tenantry_app",
    );
    await arena.admin("insert into weak.lax values ('b-canary', $1)", [arena.b.id]);
    const pool = new pg.Pool({ connectionString: arena.database.appUrl, max: 1 });
    pool.on("error", () => undefined);
    const { rows } = await pool.query("select body from weak.lax");
    await pool.end();
    expect(rows).toEqual([{ body: "b-canary" }]);
  });
});
