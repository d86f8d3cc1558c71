import { afterAll, beforeAll, expect, it } from "vitest";
import pg from "pg";
import { createRateLimit, onPostgres } from "../../src/limits/index.js";
import { codeOf } from "../database/support/outcome.js";
import { describeOnServers } from "../support/servers.js";
import { createLimitsStage, type LimitsStage } from "./support/postgres.js";
import { outcomeIn } from "./support/scopes.js";

describeOnServers("the counters in PostgreSQL, set up as documented", (server) => {
  let limits: LimitsStage;
  beforeAll(async () => {
    limits = await createLimitsStage(server);
  });
  afterAll(() => limits?.close());

  it("leave the start-up check with nothing to say", async () => {
    await expect(limits.stage.tenantry.ready()).resolves.toBeUndefined();
    await limits.stage.owner("create table stray (id integer)");
    expect(await codeOf(() => limits.stage.tenantry.ready())).toBe("DATABASE_UNSAFE");
    await limits.stage.owner("drop table stray");
  });

  it("are counted by a login that is no superuser and reaches nothing else", async () => {
    const limit = createRateLimit({
      ...{ name: "x", points: 1, duration: 60 },
      backend: onPostgres(limits.pool),
    });
    const take = () => outcomeIn(limits.stage.scopeA, () => limit.consume());
    expect([await take(), await take()]).toEqual(["passed", "RATE_LIMITED"]);
    const { rows } = await limits.pool.query(
      "select rolsuper or rolbypassrls or rolcreaterole as powerful from pg_roles where rolname = current_user",
    );
    expect(rows).toEqual([{ powerful: false }]);
    for (const text of [
      "select from tenantry.tenant",
      "select from tenantry.seal_key",
      "truncate rate_limit",
      "create table mine (id integer)",
      "drop table rate_limit",
    ]) {
      expect([text, await codeOf(() => limits.pool.query(text))]).toEqual([text, "42501"]);
    }
  });

  it("cannot be reached by the app's login, in a scope or without one", async () => {
    const plain = new pg.Pool({ connectionString: limits.stage.database.appUrl, max: 1 });
    for (const text of [
      "select from rate_limit",
      "delete from rate_limit",
      "update rate_limit set points = 0",
      "insert into rate_limit values ('x', 1, 1)",
    ]) {
      const scoped = await limits.stage.asA(() =>
        codeOf(() => limits.stage.tenantry.db.query(text)),
      );
      expect([text, scoped]).toEqual([text, "42501"]);
      expect([text, await codeOf(() => plain.query(text))]).toEqual([text, "42501"]);
    }
    await plain.end();
  });

  it("are not counted through the scoped pool", async () => {
    expect(await codeOf(() => onPostgres(limits.stage.tenantry.db as never))).toBe(
      "CONFIG_INVALID",
    );
  });

  it("let nothing pass where the table is missing", async () => {
    const limit = createRateLimit({
      ...{ name: "x", points: 1, duration: 60, onEvent: () => undefined },
      backend: onPostgres(limits.pool, { table: "absent" }),
    });
    const outcome = await outcomeIn(limits.stage.scopeA, () => limit.consume());
    expect(outcome).toBe("LIMIT_UNAVAILABLE");
  });
});
