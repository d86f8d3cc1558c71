import fc from "fast-check";
import { expect, it } from "vitest";
import { createKeyRing } from "../../../core/seal/key-ring.js";
import { verdict } from "../tokens.test-support.js";
import { isSealedByOldSecret, openPrivateKey, sealPrivateKey } from "./sealed-private-key.js";

const [old, recent] = [
  "an old secret of thirty-two bytes or more",
  "a new secret of thirty-two bytes or more",
];
const jwk = { kty: "OKP", crv: "Ed25519", x: "AA", d: "BB" };

it("a sealed key opens for whom it was sealed, and every sealing is another text", () => {
  const ring = createKeyRing(old);
  const [one, two] = [sealPrivateKey(ring, "kid", jwk), sealPrivateKey(ring, "kid", jwk)];
  expect(one.equals(two)).toBe(false);
  expect(openPrivateKey(ring, "kid", one)).toEqual(jwk);
  expect(isSealedByOldSecret(ring, one)).toBe(false);
});

it("a key of the old secret opens beside the new one, and is told from it", () => {
  const both = createKeyRing([recent, old]);
  const sealed = sealPrivateKey(createKeyRing(old), "kid", jwk);
  expect(openPrivateKey(both, "kid", sealed)).toEqual(jwk);
  expect(isSealedByOldSecret(both, sealed)).toBe(true);
  expect(isSealedByOldSecret(both, sealPrivateKey(both, "kid", jwk))).toBe(false);
});

it("a sealed key with any bit changed, cut, or under another kid or secret does not open", async () => {
  const ring = createKeyRing(old);
  const sealed = sealPrivateKey(ring, "kid", jwk);
  const opens = (bytes: Buffer, kid = "kid", by = ring) =>
    verdict(async () => openPrivateKey(by, kid, bytes));
  expect(await opens(sealed)).toBe("accepted");
  expect(await opens(sealed, "other")).toBe("TOKEN_KEYS_UNAVAILABLE");
  expect(await opens(sealed, "kid", createKeyRing(recent))).toBe("TOKEN_KEYS_UNAVAILABLE");
  const change = fc.tuple(fc.nat({ max: sealed.length - 1 }), fc.nat({ max: 7 }));
  await fc.assert(
    fc.asyncProperty(change, async ([index, bit]) => {
      const changed = Buffer.from(sealed);
      changed[index]! ^= 1 << bit;
      expect(await opens(changed)).toBe("TOKEN_KEYS_UNAVAILABLE");
      expect(await opens(sealed.subarray(0, index))).toBe("TOKEN_KEYS_UNAVAILABLE");
    }),
  );
});
