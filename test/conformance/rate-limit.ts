import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, expect, it } from "vitest";
import { runInScope } from "../../src/core/context.js";
import {
  createRateLimit,
  type RateBackend,
  type RateLimitOptions,
} from "../../src/limits/index.js";
import { failureOf } from "../database/support/outcome.js";
import { newScope, outcomeIn, tally } from "../limits/support/scopes.js";

export interface RateLimitFixture {
  readonly backend: RateBackend;
  /** Another one over the same store, as a second process has; absent where none can share. */
  readonly second?: RateBackend;
  close(names: readonly string[]): Promise<void>;
}

/** What every backend of a rate limit must do. */
export function rateLimitConformance(open: () => Promise<RateLimitFixture>): void {
  let fixture: RateLimitFixture;
  const names: string[] = [];
  beforeAll(async () => {
    fixture = await open();
  });
  afterAll(() => fixture?.close(names));

  const limitOf = (options: Partial<RateLimitOptions> = {}) => {
    const name = options.name ?? `test-${randomBytes(6).toString("hex")}`;
    names.push(name);
    return createRateLimit({
      points: 3,
      duration: 60,
      backend: fixture.backend,
      timeout: 20_000,
      ...options,
      name,
    });
  };

  it("lets a tenant take its points, then refuses it and says for how long", async () => {
    const [limit, scope] = [limitOf(), newScope()];
    for (const remaining of [2, 1, 0]) {
      const status = await runInScope(scope, () => limit.consume());
      expect(status).toMatchObject({ points: 3, remaining });
      expect(status.resetAfter).toBeGreaterThan(50);
      expect(status.resetAfter).toBeLessThanOrEqual(60);
    }
    const refusal = await failureOf(() => runInScope(scope, () => limit.consume()));
    expect(refusal).toMatchObject({ code: "RATE_LIMITED", status: 429 });
    const { retryAfter } = refusal as { retryAfter?: number };
    expect(Number.isInteger(retryAfter)).toBe(true);
    expect(retryAfter).toBeGreaterThan(50);
    expect(retryAfter).toBeLessThanOrEqual(60);
  });

  it("refuses none of the others while one tenant asks for fifty times its share", async () => {
    const limit = limitOf({ points: 10 });
    const noisy = newScope();
    const others = Array.from({ length: 20 }, () => newScope());
    const calls = [
      ...Array.from({ length: 500 }, () => noisy),
      ...others.flatMap((scope) => Array.from({ length: 10 }, () => scope)),
    ].sort(() => Math.random() - 0.5);
    const outcomes = await Promise.all(
      calls.map(async (scope) => [scope, await outcomeIn(scope, () => limit.consume())] as const),
    );
    const of = (wanted: (scope: typeof noisy) => boolean) =>
      tally(outcomes.filter(([scope]) => wanted(scope)).map(([, outcome]) => outcome));
    expect(of((scope) => scope === noisy)).toEqual({ passed: 10, RATE_LIMITED: 490 });
    expect(of((scope) => scope !== noisy)).toEqual({ passed: 200 });
  });

  it("counts by every process that shares the store, exactly", async () => {
    if (fixture.second === undefined) return;
    const first = limitOf({ points: 40 });
    const second = limitOf({ points: 40, name: names.at(-1)!, backend: fixture.second });
    const scope = newScope();
    const outcomes = await Promise.all(
      Array.from({ length: 100 }, (_, i) =>
        outcomeIn(scope, () => (i % 2 === 0 ? first : second).consume()),
      ),
    );
    expect(tally(outcomes)).toEqual({ passed: 40, RATE_LIMITED: 60 });
  });

  it("gives each name, sub-key and actor a budget of its own", async () => {
    const scope = newScope({ kind: "user", id: "ada" });
    const same = (actor: Parameters<typeof newScope>[0]) =>
      newScope(actor, { id: scope.tenant.id });
    const [plain, actors] = [limitOf({ points: 1 }), limitOf({ points: 1, by: "actor" })];
    const tries: (readonly [typeof scope, () => Promise<unknown>])[] = [
      [scope, () => plain.consume()],
      [scope, () => plain.consume({ key: "a" })],
      [scope, () => plain.consume({ key: ["a", "b"] })],
      [scope, () => plain.consume({ key: ["a,b"] })],
      [scope, () => plain.consume({ key: ["ab"] })],
      [scope, () => plain.consume({ key: "" })],
      [scope, () => actors.consume()],
      [same({ kind: "service", id: "ada" }), () => actors.consume()],
      [same({ kind: "anonymous" }), () => actors.consume()],
      [scope, () => actors.consume({ key: "a" })],
    ];
    for (const [who, take] of tries) expect(await outcomeIn(who, take)).toBe("passed");
    for (const [who, take] of tries) expect(await outcomeIn(who, take)).toBe("RATE_LIMITED");
  });

  it("gives each plan its points, and a changed plan at once", async () => {
    const plans = new Map<string, number>();
    const limit = limitOf({ points: ({ tenant }) => plans.get(tenant.id) ?? 0 });
    const [small, large] = [newScope(), newScope()];
    plans.set(small.tenant.id, 2).set(large.tenant.id, 5);
    const take = async (scope: typeof small) =>
      tally(
        await Promise.all(Array.from({ length: 8 }, () => outcomeIn(scope, () => limit.consume()))),
      );
    expect(await take(small)).toEqual({ passed: 2, RATE_LIMITED: 6 });
    expect(await take(large)).toEqual({ passed: 5, RATE_LIMITED: 3 });
    expect(await outcomeIn(newScope(), () => limit.consume())).toBe("RATE_LIMITED");
    plans.set(small.tenant.id, 100);
    expect(await outcomeIn(small, () => limit.consume())).toBe("passed");
    plans.set(small.tenant.id, 1);
    expect(await outcomeIn(small, () => limit.consume())).toBe("RATE_LIMITED");
  });

  it("takes what a piece of work costs", async () => {
    const [limit, scope] = [limitOf({ points: 10 }), newScope()];
    expect(await runInScope(scope, () => limit.consume({ cost: 7 }))).toMatchObject({
      remaining: 3,
    });
    expect(await outcomeIn(scope, () => limit.consume({ cost: 4 }))).toBe("RATE_LIMITED");
    expect(await outcomeIn(scope, () => limit.consume())).toBe("RATE_LIMITED");
  });

  it("begins anew when the window has ended", async () => {
    const [limit, scope] = [limitOf({ points: 1, duration: 1 }), newScope()];
    const take = () => outcomeIn(scope, () => limit.consume());
    expect([await take(), await take()]).toEqual(["passed", "RATE_LIMITED"]);
    await new Promise((resolve) => setTimeout(resolve, 1_200));
    expect(await take()).toBe("passed");
  });

  it("counts for nobody where there is no scope", async () => {
    const limit = limitOf();
    expect(await failureOf(() => limit.consume())).toMatchObject({ code: "SCOPE_REQUIRED" });
    expect(await failureOf(() => limit.acquire())).toMatchObject({ code: "SCOPE_REQUIRED" });
  });
}
