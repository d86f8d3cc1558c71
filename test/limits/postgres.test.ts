import { afterAll, beforeAll, expect, it } from "vitest";
import { createRateLimit, onPostgres } from "../../src/limits/index.js";
import { codeOf } from "../database/support/outcome.js";
import { describeOnServers } from "../support/servers.js";
import { createLimitsStage, type LimitsStage } from "./support/postgres.js";
import { outcomeIn } from "./support/scopes.js";
import { storeGuards } from "./support/store-guards.js";

describeOnServers("the counters in PostgreSQL, set up as documented", (server) => {
  let limits: LimitsStage;
  beforeAll(async () => {
    limits = await createLimitsStage(server);
  });
  afterAll(() => limits?.close());

  it.each(Object.keys(storeGuards))("are guarded: %s", async (name) => {
    expect(await storeGuards[name]!(limits)).toEqual([]);
  });

  it("are counted by the login that reaches nothing else", async () => {
    const limit = createRateLimit({
      ...{ name: "x", points: 1, duration: 60 },
      backend: onPostgres(limits.pool),
    });
    const take = () => outcomeIn(limits.stage.scopeA, () => limit.consume());
    expect([await take(), await take()]).toEqual(["passed", "RATE_LIMITED"]);
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
