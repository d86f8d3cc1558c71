import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createKeyRing } from "../../core/seal/key-ring.js";
import { sealText } from "../../core/seal/sealed-text.js";
import { challengeOf } from "./pkce.js";
import { createSignInTransactions } from "./sign-in-transaction.js";

const secrets = [
  "a new secret of thirty-two bytes or more",
  "an old secret of thirty-two bytes or more",
] as const;
const keys = createKeyRing(secrets[0]);
const host = "acme.app.example.com";
const clock = { now: 1_800_000_000_000 };
const transactions = createSignInTransactions({ keys, now: () => clock.now });

function begun(returnTo: unknown = "/projects?a=b") {
  const { cookie, state, codeChallenge } = transactions.begin({ host, returnTo });
  return { cookie, codeChallenge, answer: { host, cookieValue: cookie.value, state } };
}

describe("a sign-in under way", () => {
  it("comes back with the verifier of its challenge, and where to go", () => {
    const { answer, codeChallenge } = begun();
    const finished = transactions.finish(answer);
    expect(finished?.returnTo).toBe("/projects?a=b");
    expect(challengeOf(finished?.codeVerifier)).toBe(codeChallenge);
  });

  it("goes back to / where somewhere else was asked for", () => {
    for (const elsewhere of ["//evil.example", "https://evil.example", null]) {
      expect(transactions.finish(begun(elsewhere).answer)?.returnTo).toBe("/");
    }
  });

  it("is in a cookie that no one can read, shorter than any browser allows", () => {
    const { cookie, answer } = begun(`/${"a".repeat(1023)}`);
    expect(cookie.value).toMatch(/^[A-Za-z0-9_-]+$/);
    expect(cookie.maxAge).toBe(600);
    expect(`${cookie.name}=${cookie.value}`.length).toBeLessThan(1700);
    const { codeVerifier } = transactions.finish(answer)!;
    const bytes = Buffer.from(cookie.value, "base64url").toString("latin1");
    for (const secret of [codeVerifier, answer.state, "aaaa"]) expect(bytes).not.toContain(secret);
  });

  it("has a cookie of its own for each tab, found by its state", () => {
    const [one, two] = [begun(), begun()];
    expect(one.cookie.name).toMatch(/^__Host-tenantry-sign-in-[0-9a-f]{8}$/);
    expect(one.cookie.name).not.toBe(two.cookie.name);
    for (const { cookie, answer } of [two, one]) {
      expect(transactions.cookieName(host, answer.state)).toBe(cookie.name);
      expect(transactions.finish(answer)).not.toBeNull();
    }
    expect(transactions.finish({ ...one.answer, cookieValue: two.cookie.value })).toBeNull();
  });

  it("names its cookie without __Host- on an insecure localhost, and nowhere else", () => {
    const local = createSignInTransactions({ keys, allowInsecureLocalhost: true });
    const name = (from: typeof local, of: string) => from.begin({ host: of }).cookie.name;
    expect(name(local, "acme.localhost")).toMatch(/^tenantry-sign-in-[0-9a-f]{8}$/);
    expect(name(local, host)).toMatch(/^__Host-/);
    expect(name(local, "evillocalhost")).toMatch(/^__Host-/);
    expect(name(transactions, "acme.localhost")).toMatch(/^__Host-/);
  });

  it("is one of six at most, of which the oldest goes", () => {
    const names = ["session", ...Array.from({ length: 8 }, () => begun().cookie.name), "theme"];
    const surplus = (count: number) =>
      transactions.begin({ host, cookieNames: names.slice(0, count) }).surplus;
    expect(surplus(0)).toEqual([]);
    expect(surplus(6)).toEqual([]);
    expect(surplus(7)).toEqual([names[1]]);
    expect(surplus(names.length)).toEqual(names.slice(1, 4));
    expect(transactions.begin({ host }).surplus).toEqual([]);
  });

  it("is over after ten minutes", () => {
    const { answer } = begun();
    clock.now += 599_999;
    expect(transactions.finish(answer)).not.toBeNull();
    clock.now += 1;
    expect(transactions.finish(answer)).toBeNull();
  });

  it("is nothing at another host", () => {
    const { answer } = begun();
    for (const other of ["beta.app.example.com", "www.acme.com", "", `${host}.`, "acme"]) {
      expect(transactions.finish({ ...answer, host: other })).toBeNull();
    }
  });

  it("is nothing under another state", () => {
    const { answer } = begun();
    const { state } = answer;
    const others = ["", state.slice(1), `${state}A`, state.toLowerCase(), begun().answer.state];
    for (const other of [...others, undefined, null, [state], { toString: () => state }]) {
      expect(transactions.finish({ ...answer, state: other })).toBeNull();
    }
  });

  it("is nothing with any bit of its cookie changed, or cut off", () => {
    const { answer } = begun();
    const bytes = Buffer.from(answer.cookieValue, "base64url");
    const change = fc.tuple(fc.nat({ max: bytes.length - 1 }), fc.nat({ max: 7 }));
    fc.assert(
      fc.property(change, ([index, bit]) => {
        const changed = Buffer.from(bytes);
        changed[index]! ^= 1 << bit;
        for (const other of [changed, bytes.subarray(0, index)]) {
          const cookieValue = other.toString("base64url");
          expect(transactions.finish({ ...answer, cookieValue })).toBeNull();
        }
      }),
    );
  });

  it("is nothing for any other text, and nothing throws", () => {
    const { answer } = begun();
    const odd = fc.oneof(
      fc.anything(),
      fc.string(),
      fc.uint8Array().map((bytes) => Buffer.from(bytes).toString("base64url")),
    );
    fc.assert(
      fc.property(odd, odd, (cookieValue, state) => {
        expect(transactions.finish({ host, cookieValue, state })).toBeNull();
        expect(transactions.finish({ ...answer, cookieValue })).toBeNull();
        expect(transactions.finish({ ...answer, state })).toBeNull();
      }),
    );
    expect(transactions.finish({ ...answer, cookieValue: "a".repeat(4097) })).toBeNull();
  });

  it("is nothing where it was sealed for something else", () => {
    const kept = { state: "s", codeVerifier: "v", returnTo: "/", expiresAt: clock.now + 1000 };
    for (const purpose of ["signing-key", "job", "cache"] as const) {
      const cookieValue = sealText(keys, purpose, host, JSON.stringify(kept)).toString("base64url");
      expect(transactions.finish({ host, cookieValue, state: "s" })).toBeNull();
    }
  });

  it("survives a new secret beside the old one, and not without it", () => {
    const old = createSignInTransactions({ keys: createKeyRing(secrets[1]) });
    const { cookie, state } = old.begin({ host, returnTo: "/" });
    const answer = { host, cookieValue: cookie.value, state };
    const both = createSignInTransactions({ keys: createKeyRing(secrets) });
    expect(both.finish(answer)).not.toBeNull();
    expect(createSignInTransactions({ keys }).finish(answer)).toBeNull();
  });
});
