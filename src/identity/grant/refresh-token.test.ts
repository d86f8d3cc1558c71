import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createKeyRing } from "../../core/seal/key-ring.js";
import { isGenuine, makeRefreshToken } from "./refresh-token.js";
import { lastGeneration } from "./rotation.js";
import { readRefreshToken, refreshTokenLength, writeRefreshToken } from "./token-text.js";

const [oldSecret, newSecret] = ["o".repeat(32), "n".repeat(32)];
const [oldRing, newRing] = [createKeyRing(oldSecret), createKeyRing(newSecret)];
const both = createKeyRing([newSecret, oldSecret]);

const generation = fc.integer({ min: 1, max: lastGeneration });
const place = fc.record({ tenantId: fc.uuid(), grantId: fc.uuid(), generation });
const bytes = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((array) => Buffer.from(array));

const read = (text: unknown) => {
  const parts = readRefreshToken(text);
  if (parts === null) throw new Error("it cannot be read");
  return parts;
};

describe("the text of a refresh token", () => {
  it("is read as it was written", () => {
    fc.assert(
      fc.property(place, bytes, (where, mac) => {
        const text = writeRefreshToken({ ...where, mac });
        expect(text).toHaveLength(refreshTokenLength);
        expect(readRefreshToken(text)).toEqual({ ...where, mac });
      }),
    );
  });

  it("has one spelling: what can be read is what would be written", () => {
    const text = fc.oneof(
      fc.string({ unit: "grapheme" }),
      fc.stringMatching(/^[A-Za-z0-9_-]{92}$/),
      fc.stringMatching(/^AQ[A-Za-z0-9_-]{90}$/),
    );
    fc.assert(
      fc.property(text, (given) => {
        const parts = readRefreshToken(given);
        if (parts !== null) expect(writeRefreshToken(parts)).toBe(given);
      }),
    );
  });

  const good = makeRefreshToken(oldRing, Buffer.alloc(32, 7), {
    tenantId: "01890000-0000-7000-8abc-000000000001",
    grantId: "01890000-0000-7000-8abc-000000000002",
    generation: 1,
  });
  const changed = (at: number, value: number) => {
    const all = Buffer.from(good, "base64url");
    all[at] = value;
    return all.toString("base64url");
  };

  it.each<[string, unknown]>([
    ["padding", `${good}=`],
    ["a newline behind it", `${good}\n`],
    ["a space before it", ` ${good}`],
    ["a character too few", good.slice(1)],
    ["a byte too many", `${good}AAAA`],
    ["base64 that is not for URLs", `+/${good.slice(2)}`],
    ["another version", changed(0, 2)],
    ["generation 0", changed(36, 0)],
    ["a generation of more than 31 bits", changed(33, 0x80)],
    ["an array with it", [good]],
    ["null", null],
    ["undefined", undefined],
  ])("is refused with %s", (_, text) => {
    expect(readRefreshToken(good)).not.toBeNull();
    expect(readRefreshToken(text)).toBeNull();
  });
});

describe("a refresh token", () => {
  it("is genuine for its grant's seed, and stays so while one secret replaces another", () => {
    fc.assert(
      fc.property(place, bytes, (where, seed) => {
        const token = read(makeRefreshToken(oldRing, seed, where));
        expect(isGenuine(oldRing, seed, token)).toBe(true);
        expect(isGenuine(both, seed, token)).toBe(true);
        expect(isGenuine(newRing, seed, token)).toBe(false);
        expect(makeRefreshToken(both, seed, where)).toBe(makeRefreshToken(newRing, seed, where));
      }),
    );
  });

  it("is the same text each time, and another one for any other generation, grant, tenant or seed", () => {
    fc.assert(
      fc.property(place, bytes, place, bytes, (where, seed, other, otherSeed) => {
        const text = makeRefreshToken(oldRing, seed, where);
        expect(makeRefreshToken(oldRing, seed, where)).toBe(text);
        for (const name of ["tenantId", "grantId", "generation"] as const) {
          fc.pre(where[name] !== other[name]);
          const moved = { ...read(text), [name]: other[name] };
          expect(isGenuine(oldRing, seed, moved)).toBe(false);
        }
        fc.pre(!seed.equals(otherSeed));
        expect(isGenuine(oldRing, otherSeed, read(text))).toBe(false);
      }),
    );
  });

  it("is not genuine any more with any one bit of it changed", () => {
    fc.assert(
      fc.property(place, bytes, fc.nat(69 * 8 - 1), (where, seed, bit) => {
        const all = Buffer.from(makeRefreshToken(oldRing, seed, where), "base64url");
        all[bit >> 3]! ^= 1 << (bit & 7);
        const parts = readRefreshToken(all.toString("base64url"));
        expect(parts !== null && isGenuine(oldRing, seed, parts)).toBe(false);
      }),
    );
  });
});
