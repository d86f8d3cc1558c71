import fc from "fast-check";
import { expect, it } from "vitest";
import { challengeOf, isCodeChallenge, newPkce } from "./pkce.js";

it("makes the challenge that RFC 7636 shows in its appendix B", () => {
  expect(challengeOf("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk")).toBe(
    "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
  );
});

it("makes a new verifier each time, with its challenge", () => {
  const [one, two] = [newPkce(), newPkce()];
  expect(one.codeVerifier).not.toBe(two.codeVerifier);
  expect(challengeOf(one.codeVerifier)).toBe(one.codeChallenge);
  expect(isCodeChallenge(one.codeChallenge)).toBe(true);
});

it.each([
  ["too short", "a".repeat(42)],
  ["too long", "a".repeat(129)],
  ["with a character of no verifier", `${"a".repeat(43)}+`],
  ["with a line break behind it", `${"a".repeat(43)}\n`],
  ["nothing", undefined],
  ["a list", ["a".repeat(43)]],
])("a verifier that is %s has no challenge", (_, verifier) => {
  expect(challengeOf(verifier)).toBeNull();
});

it.each([
  ["a plain verifier of 44 characters", "a".repeat(44)],
  ["another spelling of one", `${"A".repeat(42)}B`],
  ["padded", `${"A".repeat(43)}=`],
  ["nothing", null],
])("a challenge is none that is %s", (_, challenge) => {
  expect(isCodeChallenge(challenge)).toBe(false);
});

it("takes every SHA-256 as a challenge", () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), (bytes) => {
      expect(isCodeChallenge(Buffer.from(bytes).toString("base64url"))).toBe(true);
    }),
  );
});
