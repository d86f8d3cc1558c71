import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  createRateLimit,
  inMemory,
  onPostgres,
  onRedis,
  type RateBackend,
} from "../../src/limits/index.js";
import { keyOf, textOf } from "../../src/limits/key.js";
import { failureOf } from "../database/support/outcome.js";
import { newScope, outcomeIn, tally } from "./support/scopes.js";

const limitOf = (options: object = {}) =>
  createRateLimit({ name: "x", points: 5, duration: 60, ...options });

describe("the options of a rate limit", () => {
  it.each<[string, object]>([
    ["no name", { name: undefined }],
    ["a name with a brace", { name: "a{b}" }],
    ["no points", { points: 0 }],
    ["half a point", { points: 0.5 }],
    ["points without end", { points: Number.POSITIVE_INFINITY }],
    ["no duration", { duration: 0 }],
    ["a duration that timers cannot hold", { duration: 86_401 }],
    ["a time limit that is none", { timeout: 0 }],
    ["an unknown choice", { onUnavailable: "ignore" }],
    ["an unknown `by`", { by: "ip" }],
    ["a client in place of a backend", { backend: { get: () => null } }],
  ])("are refused with %s", async (_, options) => {
    expect(await failureOf(() => limitOf(options))).toMatchObject({ code: "CONFIG_INVALID" });
  });

  const pool = { query: async () => ({ rows: [], rowCount: 0 }) };
  it.each<[string, () => unknown]>([
    ["no client of Redis", () => onRedis({} as never)],
    ["no pool", () => onPostgres({} as never)],
    ["the scoped pool", () => onPostgres({ ...pool, transaction: () => null } as never)],
    ["a table that is SQL", () => onPostgres(pool, { table: 'x"; drop table y; --' })],
    ["a schema that is SQL", () => onPostgres(pool, { schema: 'x"."y' })],
  ])("have no backend made of %s", async (_, make) => {
    expect(await failureOf(make)).toMatchObject({ code: "CONFIG_INVALID" });
  });

  it.each<[string, object]>([
    ["an absent key", { key: [undefined] }],
    ["no parts", { key: [] }],
    ["too many parts", { key: Array.from({ length: 9 }, () => "x") }],
    ["a part too long", { key: "x".repeat(1025) }],
    ["no cost", { cost: 0 }],
    ["a cost that gives back", { cost: -1 }],
  ])("let nothing pass with %s", async (_, taken) => {
    expect(await outcomeIn(newScope(), () => limitOf().consume(taken))).toBe("CONFIG_INVALID");
  });
});

describe("the key of a counter", () => {
  const text = fc.string({ unit: "binary", maxLength: 12 });
  const parts = fc.array(text, { minLength: 1, maxLength: 4 });

  it("is the same for the same parts, and for no others", () => {
    const scope = newScope();
    fc.assert(
      fc.property(parts, parts, (a, b) => {
        const same = JSON.stringify(a) === JSON.stringify(b);
        const [first, second] = [keyOf(scope, "tenant", a), keyOf(scope, "tenant", b)];
        expect(textOf(first) === textOf(second)).toBe(same);
      }),
    );
  });

  it("has one tenant in it, one length, and none of the caller's text", () => {
    fc.assert(
      fc.property(parts, fc.constantFrom("tenant" as const, "actor" as const), (given, by) => {
        const scope = newScope({ kind: "user", id: given[0]! });
        const key = textOf(keyOf(scope, by, given));
        expect(key).toMatch(/^\{[0-9a-f-]{36}\}:[\w-]{43}$/);
        expect(key).toContain(scope.tenant.id);
      }),
    );
  });
});

describe("a rate limit", () => {
  it("does not ask the store for a tenant that has used up its points", async () => {
    let asked = 0;
    const memory = inMemory();
    const backend: RateBackend = {
      remote: true,
      open(settings) {
        const store = memory.open(settings);
        return { add: (key, cost) => ((asked += 1), store.add(key, cost)) };
      },
    };
    const [limit, scope] = [limitOf({ backend }), newScope()];
    for (let i = 0; i < 200; i++) await outcomeIn(scope, () => limit.consume());
    expect(asked).toBe(6);
    expect(await outcomeIn(newScope(), () => limit.consume())).toBe("passed");
  });

  it("counts more sub-keys of one tenant in memory together, and leaves another's alone", async () => {
    const [limit, greedy, other] = [limitOf({ points: 1 }), newScope(), newScope()];
    const outcomes: string[] = [];
    for (let i = 0; i < 10_100; i++) {
      outcomes.push(await outcomeIn(greedy, () => limit.consume({ key: `${i}` })));
    }
    expect(tally(outcomes)).toEqual({ passed: 10_001, RATE_LIMITED: 99 });
    expect(await outcomeIn(greedy, () => limit.consume())).toBe("passed");
    for (const key of ["1", "new"]) {
      expect(await outcomeIn(other, () => limit.consume({ key }))).toBe("passed");
    }
  });
});
