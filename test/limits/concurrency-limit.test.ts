import { describe, expect, it } from "vitest";
import { currentScope, runInScope } from "../../src/core/context.js";
import { createConcurrencyLimit, type ConcurrencyLimitOptions } from "../../src/limits/index.js";
import { failureOf } from "../database/support/outcome.js";
import { newScope, outcomeIn, tally } from "./support/scopes.js";

const limitOf = (options: Partial<ConcurrencyLimitOptions> = {}) =>
  createConcurrencyLimit({ name: "work", max: 2, maxWaiting: 3, maxWait: 5_000, ...options });

/** Work that ends when it is told to. */
function held() {
  let end!: () => void;
  const ended = new Promise<void>((resolve) => (end = resolve));
  return { work: () => ended, end };
}
const settle = () => new Promise((resolve) => setTimeout(resolve, 20));

describe("a concurrency limit", () => {
  it("runs no more of a tenant's work at once than it may, and all of it in the end", async () => {
    const limit = limitOf({ maxWaiting: 100 });
    const [a, b] = [newScope(), newScope()];
    const running = new Map<string, number>();
    let most = 0;
    const work = async () => {
      const { id } = currentScope().tenant;
      running.set(id, (running.get(id) ?? 0) + 1);
      most = Math.max(most, running.get(id)!);
      await new Promise((resolve) => setTimeout(resolve, 2));
      running.set(id, running.get(id)! - 1);
      return id;
    };
    const ids = await Promise.all(
      Array.from({ length: 60 }, (_, i) => runInScope(i % 2 ? a : b, () => limit.run(work))),
    );
    expect(most).toBe(2);
    expect(tally(ids)).toEqual({ [a.tenant.id]: 30, [b.tenant.id]: 30 });
  });

  it("refuses what finds the queue full, and none of the others' work", async () => {
    const limit = limitOf();
    const [noisy, other] = [newScope(), newScope()];
    const { work, end } = held();
    const calls = Array.from({ length: 100 }, () => outcomeIn(noisy, () => limit.run(work)));
    await settle();
    expect(await outcomeIn(other, () => limit.run(() => 1))).toBe("passed");
    end();
    expect(tally(await Promise.all(calls))).toEqual({ passed: 5, TENANT_BUSY: 95 });
    expect(await outcomeIn(noisy, () => limit.run(() => 1))).toBe("passed");
  });

  it("refuses what has waited too long, with 503 and the seconds to wait", async () => {
    const limit = limitOf({ max: 1, maxWait: 50 });
    const scope = newScope();
    const { work, end } = held();
    const first = runInScope(scope, () => limit.run(work));
    const refusal = await failureOf(() => runInScope(scope, () => limit.run(() => 1)));
    expect(refusal).toMatchObject({ code: "TENANT_BUSY", status: 503, retryAfter: 1 });
    end();
    await first;
    // The place of one that gave up is not handed to it.
    expect(await outcomeIn(scope, () => limit.run(() => 1))).toBe("passed");
  });

  it("serves in the order they came, and hands a place on without letting a newcomer in", async () => {
    const limit = limitOf({ max: 1 });
    const scope = newScope();
    const order: number[] = [];
    const { work, end } = held();
    const calls = [runInScope(scope, () => limit.run(work))];
    for (const i of [1, 2, 3]) {
      calls.push(runInScope(scope, () => limit.run(async () => void order.push(i))));
    }
    await settle();
    end();
    await calls[0];
    calls.push(runInScope(scope, () => limit.run(async () => void order.push(4))));
    await Promise.all(calls);
    expect(order).toEqual([1, 2, 3, 4]);
  });

  it("keeps each waiter's own scope, whoever's end lets it go on", async () => {
    const limit = limitOf({ max: 1, by: "tenant", maxWaiting: 50 });
    const scopes = [1, 2].map((n) => newScope({ kind: "user", id: `${n}` }));
    const { id } = scopes[0]!.tenant;
    const same = [scopes[0]!, newScope({ kind: "user", id: "2" }, { id })];
    const seen = await Promise.all(
      Array.from({ length: 20 }, (_, i) =>
        runInScope(same[i % 2]!, () =>
          limit.run(async () => {
            await settle();
            return currentScope() === same[i % 2];
          }),
        ),
      ),
    );
    expect(seen.every(Boolean)).toBe(true);
  });

  it("frees the place of work that throws, at once or later, and once only", async () => {
    const limit = limitOf({ max: 1, maxWaiting: 0 });
    const scope = newScope();
    const boom = Object.assign(new Error("boom"), { code: "BOOM" });
    for (const work of [
      () => Promise.reject(boom),
      () => {
        throw boom;
      },
    ]) {
      expect(await outcomeIn(scope, () => limit.run(work))).toBe("BOOM");
    }
    const release = await runInScope(scope, () => limit.acquire());
    release();
    release();
    const again = await runInScope(scope, () => limit.acquire());
    expect(await outcomeIn(scope, () => limit.acquire())).toBe("TENANT_BUSY");
    again();
  });

  it("gives each plan its places; none is none, and does not wait", async () => {
    const limit = limitOf({ max: ({ tenant }) => Number(tenant.settings["places"]) });
    const of = (places: number) => newScope(undefined, { settings: { places } });
    expect(await outcomeIn(of(0), () => limit.run(() => 1))).toBe("TENANT_BUSY");
    expect(await outcomeIn(of(1), () => limit.run(() => 1))).toBe("passed");
    expect(await outcomeIn(of(-1), () => limit.run(() => 1))).toBe("CONFIG_INVALID");
  });

  it("runs nothing where there is no scope", async () => {
    expect(await failureOf(() => limitOf().run(() => 1))).toMatchObject({ code: "SCOPE_REQUIRED" });
  });

  it.each<[string, Partial<ConcurrencyLimitOptions>]>([
    ["no places", { max: 0 }],
    ["half a place", { max: 1.5 }],
    ["a queue without end", { maxWaiting: Number.POSITIVE_INFINITY }],
    ["a wait without end", { maxWait: 60_001 }],
    ["a name with a colon", { name: "a:b" }],
  ])("cannot be made with %s", async (_, options) => {
    expect(await failureOf(() => limitOf(options))).toMatchObject({ code: "CONFIG_INVALID" });
  });
});
