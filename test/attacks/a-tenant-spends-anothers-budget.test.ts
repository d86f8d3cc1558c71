import { randomBytes } from "node:crypto";
import { EventEmitter } from "node:events";
import { Redis } from "ioredis";
import { RateLimiterMemory } from "rate-limiter-flexible";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { currentScope, runDetached, runInScope } from "../../src/core/context.js";
import { createRateLimit, inMemory, onRedis, type RateBackend } from "../../src/limits/index.js";
import { describeOnRedis, redisUrl } from "../support/redis.js";
import { removeCounters } from "../limits/support/counters.js";
import { newScope, outcomeIn } from "../limits/support/scopes.js";

/** What an attacker in tenant A tries, so that tenant B is refused, or A is not. */
function attacks(open: () => RateBackend, name: string): void {
  let backend: RateBackend;
  beforeAll(() => {
    backend = open();
  });
  const limitOf = (suffix: string, points = 1) =>
    createRateLimit({ name: `${name}-${suffix}`, points, duration: 60, backend, timeout: 20_000 });

  it("spends by a route alone, which all tenants share", async () => {
    const [limit, a, b] = [limitOf("route"), newScope(), newScope()];
    const take = () => limit.consume({ key: "POST /invoices" });
    expect(await outcomeIn(a, take)).toBe("passed");
    expect(await outcomeIn(a, take)).toBe("RATE_LIMITED");
    expect(await outcomeIn(b, take)).toBe("passed");
  });

  it("writes a sub-key that reads like another tenant's key", async () => {
    const [limit, a, b] = [limitOf("collide"), newScope(), newScope()];
    const prefix = `tenantry:limit:${name}-collide`;
    const keys: (string | string[])[] = [
      b.tenant.id,
      `{${b.tenant.id}}`,
      `}:{${b.tenant.id}}`,
      `${prefix}:{${b.tenant.id}}`,
      ["", b.tenant.id],
      ["a:b", "c"],
      `\u0000${b.tenant.id}`,
    ];
    for (const key of keys) {
      expect(await outcomeIn(a, () => limit.consume({ key }))).toBe("passed");
    }
    expect(await outcomeIn(b, () => limit.consume())).toBe("passed");
    for (const key of [...keys, ["a", "b:c"]]) {
      expect(await outcomeIn(b, () => limit.consume({ key }))).toBe("passed");
    }
  });

  it("sends another tenant's id along, as a client can", async () => {
    const [limit, a, b] = [limitOf("header"), newScope(), newScope()];
    const taken = (headers: object): object => ({
      tenant: b.tenant,
      tenantId: b.tenant.id,
      headers,
    });
    const forged = () => limit.consume(taken({ "x-tenant-id": b.tenant.id }));
    expect(await outcomeIn(a, forged)).toBe("passed");
    expect(await outcomeIn(a, forged)).toBe("RATE_LIMITED");
    expect(await outcomeIn(b, () => limit.consume())).toBe("passed");
  });

  it("passes for a scope of the other tenant's that Tenantry did not issue", async () => {
    const [a, b] = [newScope(), newScope()];
    const look = { ...b };
    expect(() => runInScope(look, () => null)).toThrow("scope");
    expect(await outcomeIn(a, () => limitOf("forged").consume())).toBe("passed");
  });

  it("is counted from a listener that lost its context, or has another's", async () => {
    const [limit, a, b] = [limitOf("context"), newScope(), newScope()];
    const emitter = new EventEmitter();
    const outcomes: Promise<string>[] = [];
    runInScope(a, () => {
      emitter.on("x", () => outcomes.push(limit.consume().then(() => "passed", codeOf)));
    });
    runDetached(() => emitter.emit("x"));
    expect(await Promise.all(outcomes)).toEqual(["SCOPE_REQUIRED"]);
    expect(await outcomeIn(a, () => limit.consume())).toBe("passed");
    expect(await outcomeIn(b, () => limit.consume())).toBe("passed");
  });

  it("floods until its own budget is gone, fifty times over, and B has all of its own", async () => {
    const [limit, a, b] = [limitOf("flood", 10), newScope(), newScope()];
    await Promise.all(Array.from({ length: 500 }, () => outcomeIn(a, () => limit.consume())));
    for (let i = 0; i < 10; i++) {
      expect(await outcomeIn(b, () => limit.consume())).toBe("passed");
    }
  });
}

const codeOf = (error: { code: string }) => error.code;

describe("one tenant against another's budget, in memory", () => attacks(inMemory, "attack"));

describeOnRedis("one tenant against another's budget, in Redis", () => {
  const name = `attack-${randomBytes(6).toString("hex")}`;
  const client = new Redis(redisUrl, { lazyConnect: true });
  beforeAll(() => client.connect());
  afterAll(async () => {
    await removeCounters(name);
    await client.quit();
  });
  attacks(() => onRedis(client), name);
});

describe("limits as they are often written", () => {
  const naive = () => new RateLimiterMemory({ points: 1, duration: 60 });
  const take = (limiter: RateLimiterMemory, key: string) =>
    limiter.consume(key).then(
      () => "passed",
      () => "RATE_LIMITED",
    );

  it("let A spend B's budget by a key without the tenant", async () => {
    const limiter = naive();
    await take(limiter, "POST /invoices");
    expect(await take(limiter, "POST /invoices")).toBe("RATE_LIMITED");
  });

  it("let A spend B's budget by joined texts", async () => {
    const limiter = naive();
    const key = (...parts: string[]) => parts.join(":");
    await take(limiter, key("a", "b:c"));
    expect(await take(limiter, key("a:b", "c"))).toBe("RATE_LIMITED");
  });

  it("let A spend B's budget, and keep its own, by a header", async () => {
    const [limiter, a, b] = [naive(), newScope(), newScope()];
    const byHeader = (headers: Headers) =>
      take(limiter, headers.get("x-tenant-id") ?? currentScope().tenant.id);
    const forged = new Headers({ "x-tenant-id": b.tenant.id });
    await runInScope(a, () => byHeader(forged));
    expect(await runInScope(b, () => byHeader(new Headers()))).toBe("RATE_LIMITED");
    expect(await runInScope(a, () => byHeader(new Headers()))).toBe("passed");
  });
});
