import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createSignInAttempts } from "../../src/identity/attempts/sign-in-attempts.js";
import type { RateBackend } from "../../src/limits/index.js";
import { tally } from "../limits/support/scopes.js";

export interface AttemptsFixture {
  readonly backend: RateBackend;
  close(): Promise<void>;
}

/** What sign-in attempts must do over every backend of a rate limit. */
export function signInAttemptsConformance(open: () => Promise<AttemptsFixture>): void {
  let fixture: AttemptsFixture;
  beforeAll(async () => {
    fixture = await open();
  });
  afterAll(() => fixture?.close());

  const attemptsOf = (failures: { account?: number; address?: number } = {}) =>
    createSignInAttempts({
      // Another secret gives other counters, so that no test meets another's.
      secret: randomBytes(32).toString("hex"),
      backend: fixture.backend,
      timeout: 20_000,
      account: [
        { failures: failures.account ?? 3, within: 61 },
        { failures: 50, within: 601 },
      ],
      address: [{ failures: failures.address ?? 100, within: 61 }],
      tenant: [],
    });
  const ada = { account: "ada@example.com", address: "10.0.0.1" };
  const outcomeOf = (work: Promise<unknown>) =>
    work.then(
      () => "passed",
      (error: { code: string }) => error.code,
    );

  it("counts failures, and says when the next attempt may be", async () => {
    const attempts = attemptsOf();
    for (let i = 0; i < 3; i++) await attempts.begin(ada);
    const refusal: unknown = await attempts.begin(ada).catch((error: unknown) => error);
    expect(refusal).toMatchObject({ code: "SIGN_IN_LIMITED" });
    const { retryAfter } = refusal as { retryAfter: number };
    expect(retryAfter).toBeGreaterThan(40);
    expect(retryAfter).toBeLessThanOrEqual(61);
  });

  it("lets no more through at once than one after another", async () => {
    const attempts = attemptsOf({ account: 10 });
    const outcomes = Array.from({ length: 40 }, () => outcomeOf(attempts.begin(ada)));
    expect(tally(await Promise.all(outcomes))).toEqual({ passed: 10, SIGN_IN_LIMITED: 30 });
  });

  it("forgives an account that has signed in, as often as it does", async () => {
    const attempts = attemptsOf();
    for (let i = 0; i < 10; i++) {
      await attempts.begin(ada);
      await attempts.begin(ada);
      await (await attempts.begin(ada)).succeeded();
    }
    const outcomes = [];
    for (let i = 0; i < 4; i++) outcomes.push(await outcomeOf(attempts.begin(ada)));
    expect(tally(outcomes)).toEqual({ passed: 3, SIGN_IN_LIMITED: 1 });
  });

  it("gives an account no more than its own by several sign-ins at once", async () => {
    const attempts = attemptsOf({ account: 5 });
    const begun = await Promise.all([1, 2, 3, 4, 5].map(() => attempts.begin(ada)));
    await Promise.all(begun.map((attempt) => attempt.succeeded()));
    const outcomes = [];
    for (let i = 0; i < 6; i++) outcomes.push(await outcomeOf(attempts.begin(ada)));
    expect(tally(outcomes)).toEqual({ passed: 5, SIGN_IN_LIMITED: 1 });
  });

  it("does not forgive an address whose own account signs in between its guesses", async () => {
    const attempts = attemptsOf({ address: 6 });
    const outcomes = [];
    for (let i = 0; i < 10; i++) {
      const guess = { ...ada, account: `victim-${i}@example.com` };
      outcomes.push(await outcomeOf(attempts.begin(guess)));
      const own = attempts.begin(ada).then((attempt) => attempt.succeeded());
      await own.catch(() => undefined);
    }
    const { passed } = tally(outcomes);
    expect(passed).toBe(6);
  });

  it("counts no sign-in that went well for an address that many share", async () => {
    const attempts = attemptsOf({ address: 3 });
    for (let i = 0; i < 20; i++) {
      const account = `user-${i}@example.com`;
      await (await attempts.begin({ ...ada, account })).succeeded();
    }
    expect(await outcomeOf(attempts.begin(ada))).toBe("passed");
  });

  it("takes one attempt back, and no other, where no password was looked at", async () => {
    const attempts = attemptsOf();
    await attempts.begin(ada);
    for (let i = 0; i < 10; i++) await (await attempts.begin(ada)).withdraw();
    const outcomes = [];
    for (let i = 0; i < 4; i++) outcomes.push(await outcomeOf(attempts.begin(ada)));
    expect(tally(outcomes)).toEqual({ passed: 2, SIGN_IN_LIMITED: 2 });
  });
}
