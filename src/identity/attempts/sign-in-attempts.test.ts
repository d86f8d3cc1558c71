import { describe, expect, it } from "vitest";
import type { TenantryEvent } from "../../core/event.js";
import { newUuid } from "../../core/uuid.js";
import type { RateBackend, RateStore } from "../../limits/store/contract.js";
import { inMemory } from "../../limits/store/memory.js";
import { createSignInAttempts, type SignInAttemptsOptions } from "./sign-in-attempts.js";

const secret = "a secret of 32 bytes or a few more";
const attemptsOf = (options: Partial<SignInAttemptsOptions> = {}) =>
  createSignInAttempts({ secret, ...options });
const anyAddress = () => `10.${[0, 0, 0].map(() => Math.floor(Math.random() * 255)).join(".")}`;

/** How many of so many failures one after another were let through. */
async function passed(count: number, fail: (i: number) => Promise<unknown>): Promise<number> {
  let through = 0;
  for (let i = 0; i < count; i++) {
    const outcome = await fail(i).then(
      () => "passed",
      (error: { code: string }) => error.code,
    );
    if (outcome === "passed") through += 1;
    else expect(outcome).toBe("SIGN_IN_LIMITED");
  }
  return through;
}

describe("the usual limits", () => {
  it("let 5 failures of an account through within a minute, from wherever", async () => {
    const attempts = attemptsOf();
    const fail = () => attempts.begin({ account: "ada@example.com", address: anyAddress() });
    expect(await passed(20, fail)).toBe(5);
    await expect(fail()).rejects.toMatchObject({ code: "SIGN_IN_LIMITED", status: 429 });
  });

  it("let 100 failures from an address through, on whatever accounts", async () => {
    const attempts = attemptsOf();
    let last = 0;
    const fail = (i: number) =>
      attempts.begin({ account: `user${i}@example.com`, address: `2001:db8::${(last += 1)}` });
    expect(await passed(150, fail)).toBe(100);
    await expect(
      attempts.begin({ account: "user1@example.com", address: "2001:db8:0:1::1" }),
    ).resolves.toBeDefined();
  });

  it("let 5,000 failures in a tenant through, and others are not concerned", async () => {
    const attempts = attemptsOf();
    const tenantId = newUuid();
    const fail = (i: number) => {
      const address = `10.1.${i >> 8}.${i & 255}`;
      return attempts.begin({ account: `user${i}@example.com`, address, tenantId });
    };
    expect(await passed(5_100, fail)).toBe(5_000);
    const elsewhere = { account: "ada@example.com", address: "10.2.0.1" };
    await expect(attempts.begin({ ...elsewhere, tenantId: newUuid() })).resolves.toBeDefined();
    await expect(attempts.begin(elsewhere)).resolves.toBeDefined();
  });
});

describe("an account's wait", () => {
  it("grows with its failures: the longer window refuses when the shorter ones have ended", async () => {
    const attempts = attemptsOf({
      account: [
        { failures: 4, within: 60 },
        { failures: 2, within: 1 },
      ],
      address: [],
    });
    const fail = () => attempts.begin({ account: "ada@example.com", address: null });
    expect(await passed(10, fail)).toBe(2);
    await expect(fail()).rejects.toMatchObject({ retryAfter: 1 });
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    // Those that were refused have used up nothing of the longer window.
    expect(await passed(2, fail)).toBe(2);
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    const refusal: unknown = await fail().catch((error: unknown) => error);
    expect(refusal).toMatchObject({ code: "SIGN_IN_LIMITED" });
    expect((refusal as { retryAfter: number }).retryAfter).toBeGreaterThan(50);
  });

  it("is not made longer by who floods from one address", async () => {
    const attempts = attemptsOf({
      account: [{ failures: 3, within: 60 }],
      address: [{ failures: 1, within: 60 }],
    });
    const from = (address: string) => () => attempts.begin({ account: "ada@example.com", address });
    expect(await passed(50, from("10.0.0.1"))).toBe(1);
    expect(await passed(1, from("10.0.0.2"))).toBe(1);
    expect(await passed(1, from("10.0.0.3"))).toBe(1);
  });
});

describe("the refusal", () => {
  it("is the same for any account, and names none", async () => {
    const attempts = attemptsOf({ account: [{ failures: 1, within: 900 }] });
    const refusals: unknown[] = [];
    for (const account of ["known@example.com", "unknown@example.com"]) {
      await attempts.begin({ account, address: anyAddress() });
      const refusal = (await attempts
        .begin({ account, address: anyAddress() })
        .catch((error: unknown) => error)) as Error & { retryAfter: number };
      expect(refusal.message).not.toContain("example");
      refusals.push([refusal.message, refusal.retryAfter]);
    }
    expect(refusals[0]).toEqual(refusals[1]);
  });
});

describe("while the store cannot be asked", () => {
  const failing = (add: RateStore["add"]): RateBackend => ({ remote: true, open: () => ({ add }) });
  const ada = { account: "ada@example.com", address: "10.0.0.1" };

  it("no attempt passes", async () => {
    const events: TenantryEvent[] = [];
    const attempts = attemptsOf({
      backend: failing(() => Promise.reject(new Error("away"))),
      onEvent: (event) => void events.push(event),
    });
    await expect(attempts.begin(ada)).rejects.toMatchObject({ code: "LIMIT_UNAVAILABLE" });
    expect(events).toMatchObject([{ type: "limit.store-down" }]);
  });

  it("no attempt waits for ever", async () => {
    const attempts = attemptsOf({
      backend: failing(() => new Promise(() => undefined)),
      timeout: 20,
      onEvent: () => undefined,
    });
    await expect(attempts.begin(ada)).rejects.toMatchObject({ code: "LIMIT_UNAVAILABLE" });
  });

  it("who has signed in stays so", async () => {
    const memory = inMemory().open({ prefix: "x", duration: 60 });
    let away = false;
    const attempts = attemptsOf({
      backend: failing((key, cost) =>
        away ? Promise.reject(new Error("away")) : memory.add(key, cost),
      ),
      account: [{ failures: 9, within: 60 }],
      onEvent: () => undefined,
    });
    const attempt = await attempts.begin(ada);
    away = true;
    await expect(attempt.succeeded()).resolves.toBeUndefined();
    await expect(attempt.withdraw()).resolves.toBeUndefined();
  });
});

it("refuses an attempt without an account, which nothing would be counted for", async () => {
  const attempts = attemptsOf();
  for (const account of ["", undefined as unknown as string]) {
    await expect(attempts.begin({ account, address: null })).rejects.toMatchObject({
      code: "CONFIG_INVALID",
    });
  }
});

it.each([
  { account: [] },
  { account: [{ failures: 0, within: 60 }] },
  { account: [{ failures: 1, within: 86_401 }] },
  { account: [1, 2].map((failures) => ({ failures, within: 60 })) },
  { address: Array.from({ length: 6 }, (_, i) => ({ failures: 1, within: i + 1 })) },
  { tenant: "many" as never },
  { timeout: 1 },
  { backend: {} as RateBackend },
])("refuses the options %o", (options) => {
  expect(() => attemptsOf(options)).toThrow(expect.objectContaining({ code: "CONFIG_INVALID" }));
});
