import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isTenantryError } from "../tenantry-error.js";
import { newUuid } from "../uuid.js";
import { createKeyRing } from "./key-ring.js";
import { sealPurposes, type SealPurpose } from "./purpose.js";
import { longestSeal, makeSeal, noTenant, openSeal, type SealContents } from "./seal.js";

const [oldSecret, newSecret] = ["o".repeat(32), "n".repeat(32)] as const;
const ring = createKeyRing(newSecret);
const now = 1_800_000_000_000;
const contents: SealContents = {
  tenantId: "01890000-0000-7000-8abc-000000000001",
  expiresAt: now / 1000 + 60,
  claims: {},
};

/** The code that opening is refused with; null where the seal opens. */
function refusal(
  seal: string,
  purpose: SealPurpose = "database",
  at = now,
  keys = ring,
): string | null {
  try {
    openSeal(keys, purpose, seal, at);
    return null;
  } catch (error) {
    if (isTenantryError(error)) return error.code;
    throw error;
  }
}

const purpose = fc.constantFrom(...sealPurposes);
const anyContents = fc.record({
  tenantId: fc.uuid(),
  expiresAt: fc.integer({ min: now / 1000 + 1, max: 9_999_999_999 }),
  claims: fc.dictionary(
    fc.string({ unit: "binary" }).filter((key) => key !== "__proto__"),
    fc.string({ unit: "grapheme" }),
    { maxKeys: 4 },
  ),
});

describe("a seal", () => {
  it("opens to what was sealed", () => {
    fc.assert(
      fc.property(purpose, anyContents, (made, given) => {
        const opened = openSeal(ring, made, makeSeal(ring, made, given), now);
        expect(opened).toEqual({ ...given, claims: { ...given.claims } });
        expect(Object.isFrozen(opened.claims)).toBe(true);
      }),
    );
  });

  it("has its fields at fixed places and 125 characters, which SQL relies on", () => {
    const seal = makeSeal(ring, "database", contents);
    expect(seal).toHaveLength(125);
    expect([seal.slice(0, 3), seal.slice(3, 11), seal.slice(12, 22), seal.slice(23, 59)]).toEqual([
      "t1.",
      ring.current.id,
      "1800000060",
      contents.tenantId,
    ]);
  });

  it("opens for its own purpose and for no other", () => {
    fc.assert(
      fc.property(purpose, purpose, anyContents, (made, asked, given) => {
        const expected = made === asked ? null : "SEAL_INVALID";
        expect(refusal(makeSeal(ring, made, given), asked)).toBe(expected);
      }),
    );
  });

  it("is refused after any change of a single character", () => {
    const seal = makeSeal(ring, "service", { ...contents, claims: { aud: "x" } });
    const alphabet = [..."0123456789abcdefABCDEFxyz.-_=+/ \n\t\0é"];
    for (let at = 0; at < seal.length; at++) {
      for (const sign of alphabet) {
        if (seal[at] === sign) continue;
        const changed = seal.slice(0, at) + sign + seal.slice(at + 1);
        expect([at, sign, refusal(changed, "service")]).toEqual([at, sign, "SEAL_INVALID"]);
      }
    }
  });

  it("is refused with any character left out, doubled or added", () => {
    const seal = makeSeal(ring, "database", contents);
    for (let at = 0; at <= seal.length; at++) {
      if (at < seal.length) expect(refusal(seal.slice(0, at) + seal.slice(at + 1))).not.toBeNull();
      for (const sign of [seal[at] ?? "0", "=", " ", "\n", ".", "%00"]) {
        expect(refusal(seal.slice(0, at) + sign + seal.slice(at))).toBe("SEAL_INVALID");
      }
    }
  });

  it("is refused with any bit of its bytes flipped", () => {
    const bytes = Buffer.from(makeSeal(ring, "database", contents), "latin1");
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const flipped = Buffer.from(bytes);
      flipped[bit >> 3]! ^= 1 << (bit & 7);
      expect(refusal(flipped.toString("latin1"))).toBe("SEAL_INVALID");
    }
  });

  it("does not lend its MAC to another seal's body", () => {
    fc.assert(
      fc.property(anyContents, anyContents, (one, other) => {
        const [a, b] = [one, other].map((given) => makeSeal(ring, "database", given)) as [
          string,
          string,
        ];
        fc.pre(a !== b);
        expect(refusal(a.slice(0, -64) + b.slice(-64))).toBe("SEAL_INVALID");
      }),
    );
  });

  it("expires at its second, not before", () => {
    const seal = makeSeal(ring, "database", contents);
    expect(refusal(seal, "database", contents.expiresAt * 1000 - 1)).toBeNull();
    expect(refusal(seal, "database", contents.expiresAt * 1000)).toBe("SEAL_EXPIRED");
  });

  it("that is forged and expired is refused as forged", () => {
    const seal = makeSeal(ring, "database", contents);
    const late = contents.expiresAt * 1000;
    expect(refusal(seal.slice(0, -1) + (seal.endsWith("0") ? "1" : "0"), "database", late)).toBe(
      "SEAL_INVALID",
    );
  });

  it("is not looked at where it is longer than a seal may be", () => {
    const long = makeSeal(ring, "service", { ...contents, claims: { x: "y".repeat(longestSeal) } });
    expect(refusal(long, "service")).toBe("SEAL_INVALID");
  });

  it("is refused without a crash whatever the text", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        expect(refusal(text)).toBe("SEAL_INVALID");
      }),
    );
  });

  it("is not named in the refusal's message", () => {
    const seal = makeSeal(ring, "database", contents);
    expect(() => openSeal(ring, "operator", seal, now)).toThrow(
      expect.objectContaining({ message: expect.not.stringContaining(seal.slice(-64)) }),
    );
  });
});

describe("a seal made under one secret", () => {
  const old = createKeyRing(oldSecret);
  const rotating = createKeyRing([newSecret, oldSecret]);
  const made = (keys: typeof ring) => makeSeal(keys, "database", contents);

  it("opens while that secret is live beside its successor", () => {
    expect(refusal(made(old), "database", now, rotating)).toBeNull();
    expect(refusal(made(ring), "database", now, rotating)).toBeNull();
  });

  it("is made with the first of two", () => {
    expect(refusal(made(rotating), "database", now, ring)).toBeNull();
    expect(refusal(made(rotating), "database", now, old)).toBe("SEAL_INVALID");
  });

  it("opens under no other", () => {
    expect(refusal(made(old), "database", now, ring)).toBe("SEAL_INVALID");
  });

  it("does not open where its key id is put in place of another's", () => {
    const seal = made(old);
    const renamed = `t1.${ring.current.id}${seal.slice(11)}`;
    expect(refusal(renamed, "database", now, rotating)).toBe("SEAL_INVALID");
  });
});

describe("sealing", () => {
  it.each([
    ["an upper-case id", { tenantId: "01890000-0000-7000-8ABC-000000000001" }],
    ["no id", { tenantId: "" }],
    ["a slug", { tenantId: "acme" }],
    ["an id with a newline", { tenantId: "01890000-0000-7000-8abc-000000000001\n" }],
    ["half a second", { expiresAt: 1_800_000_000.5 }],
    ["an expiry in milliseconds", { expiresAt: now }],
    ["an expiry of nine digits", { expiresAt: 999_999_999 }],
    ["no number", { expiresAt: Number.NaN }],
  ])("is refused with %s", (_, wrong) => {
    expect(() => makeSeal(ring, "database", { ...contents, ...wrong })).toThrow("canonical");
  });

  it("takes any canonical uuid, that of no tenant too", () => {
    for (const tenantId of [noTenant, newUuid()]) {
      expect(
        openSeal(ring, "operator", makeSeal(ring, "operator", { ...contents, tenantId }), now)
          .tenantId,
      ).toBe(tenantId);
    }
  });
});
