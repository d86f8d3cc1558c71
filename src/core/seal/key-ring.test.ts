import { describe, expect, it } from "vitest";
import { isTenantryError } from "../tenantry-error.js";
import { createKeyRing } from "./key-ring.js";
import { sealPurposes } from "./purpose.js";

const secret = "s".repeat(32);

function refusal(given: unknown): string | null {
  try {
    createKeyRing(given as string);
    return null;
  } catch (error) {
    if (isTenantryError(error)) return error.code;
    throw error;
  }
}

describe("the keys of a secret", () => {
  it("are the same on every machine", () => {
    const [one, two] = [createKeyRing(secret), createKeyRing([secret])];
    expect(one.current.id).toBe(two.current.id);
    expect(one.current.material).toEqual(two.current.material);
    // Written down, because a key that is derived otherwise locks every running database out.
    expect(one.current.id).toBe("c60a334c");
  });

  it("differ by purpose, and have 256 bits each", () => {
    const { material } = createKeyRing(secret).current;
    const all = sealPurposes.map((purpose) => material[purpose].toString("hex"));
    expect(new Set(all).size).toBe(sealPurposes.length);
    expect(all.map((key) => key.length)).toEqual(sealPurposes.map(() => 64));
  });

  it("differ by secret, the id included", () => {
    const [one, two] = [createKeyRing(secret), createKeyRing(`${secret}!`)];
    expect(one.current.id).not.toBe(two.current.id);
    expect(one.current.material.database).not.toEqual(two.current.material.database);
  });

  it("have an id that says nothing of the secret or the keys", () => {
    const { id, material } = createKeyRing(secret).current;
    expect(id).toMatch(/^[0-9a-f]{8}$/);
    for (const purpose of sealPurposes) expect(material[purpose].toString("hex")).not.toContain(id);
  });

  it("are two while one secret replaces another, the new one in front", () => {
    const ring = createKeyRing([`${secret} new`, secret]);
    expect(ring.all).toHaveLength(2);
    expect(ring.current).toBe(ring.all[0]);
    expect(Object.isFrozen(ring) && Object.isFrozen(ring.all)).toBe(true);
  });

  it.each([
    ["a secret of 31 bytes", "s".repeat(31), "SECRET_WEAK"],
    ["an empty secret", "", "SECRET_WEAK"],
    ["one good and one weak secret", [secret, "weak"], "SECRET_WEAK"],
    ["a number", 7, "CONFIG_INVALID"],
    ["no secret", undefined, "CONFIG_INVALID"],
    ["an empty list", [], "CONFIG_INVALID"],
    ["undefined in a list", [undefined], "SECRET_WEAK"],
    ["three secrets", [secret, `${secret}1`, `${secret}2`], "CONFIG_INVALID"],
    ["the same secret twice", [secret, secret], "CONFIG_INVALID"],
  ])("cannot be had from %s", (_, given, code) => {
    expect(refusal(given)).toBe(code);
  });

  it("are had from 32 bytes of any kind, counted as UTF-8", () => {
    expect(refusal("é".repeat(16))).toBeNull();
  });

  it("are not in the message that refuses a secret", () => {
    expect(() => createKeyRing("hunter2")).toThrow(
      expect.objectContaining({ message: expect.not.stringContaining("hunter2") }),
    );
  });
});
