import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import type { TokenVerifier } from "./token-verifier.js";
import {
  encode,
  grantedClaims,
  heldKeys,
  issuerWith,
  keyPair,
  verdict,
  verifierWith,
} from "./tokens.test-support.js";

let verifier: TokenVerifier;
let tokens: readonly string[];

beforeAll(async () => {
  const pairs = await Promise.all([keyPair("EdDSA"), keyPair("ES256")]);
  verifier = verifierWith(heldKeys(...pairs));
  const issued = pairs.map((pair) => issuerWith(heldKeys(pair)).issue(grantedClaims()));
  tokens = (await Promise.all(issued)).map(({ token }) => token);
  // The good ones are known, so that a change is held against a memory that has them.
  for (const token of tokens) await verifier.verify(token);
});

const isRefused = async (token: string) =>
  (await verdict(() => verifier.verify(token))) === "TOKEN_INVALID";
const place = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

describe("a token with one change", () => {
  it("of any character to any byte is refused", async () => {
    const change = fc.record({ token: fc.nat({ max: 1 }), place, byte: fc.nat({ max: 255 }) });
    await fc.assert(
      fc.asyncProperty(change, async ({ token: index, place, byte }) => {
        const token = tokens[index]!;
        const at = Math.floor(place * token.length);
        const changed = token.slice(0, at) + String.fromCharCode(byte) + token.slice(at + 1);
        if (changed !== token) expect(await isRefused(changed), `at ${at}`).toBe(true);
      }),
      { numRuns: 3_000 },
    );
  });

  it("of any bit of what a segment says is refused", async () => {
    const change = fc.record({
      token: fc.nat({ max: 1 }),
      segment: fc.nat({ max: 2 }),
      place,
      bit: fc.nat({ max: 7 }),
    });
    await fc.assert(
      fc.asyncProperty(change, async ({ token: index, segment, place, bit }) => {
        const segments = tokens[index]!.split(".");
        const bytes = Buffer.from(segments[segment]!, "base64url");
        bytes[Math.floor(place * bytes.length)]! ^= 1 << bit;
        segments[segment] = encode(bytes);
        expect(await isRefused(segments.join("."))).toBe(true);
      }),
      { numRuns: 3_000 },
    );
  });

  it("of its length by any piece is refused", async () => {
    const change = fc.record({
      token: fc.nat({ max: 1 }),
      place,
      text: fc.string({ maxLength: 4 }),
      cut: fc.nat({ max: 4 }),
    });
    await fc.assert(
      fc.asyncProperty(change, async ({ token: index, place, text, cut }) => {
        const token = tokens[index]!;
        const at = Math.floor(place * token.length);
        const changed = token.slice(0, at) + text + token.slice(at + cut);
        if (changed !== token) expect(await isRefused(changed)).toBe(true);
      }),
      { numRuns: 3_000 },
    );
  });
});

it("never fails in another way than by refusing, whatever the text", async () => {
  const segment = fc.oneof(fc.string(), fc.json().map(encode), fc.base64String());
  const text = fc.oneof(
    fc.string(),
    fc.array(segment, { maxLength: 5 }).map((parts) => parts.join(".")),
  );
  await fc.assert(
    fc.asyncProperty(text, (token) => isRefused(token)),
    { numRuns: 3_000 },
  );
});
