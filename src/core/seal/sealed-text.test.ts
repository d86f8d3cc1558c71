import fc from "fast-check";
import { expect, it } from "vitest";
import { createKeyRing } from "./key-ring.js";
import { openText, sealingKeyId, sealText } from "./sealed-text.js";

const ring = createKeyRing("a secret of thirty-two bytes or more");

it("a sealed text opens for its purpose and its place, and for no other", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme" }), fc.string({ unit: "grapheme" }), (place, text) => {
      const sealed = sealText(ring, "sign-in", place, text);
      expect(openText(ring, "sign-in", place, sealed)).toBe(text);
      expect(openText(ring, "signing-key", place, sealed)).toBeNull();
      expect(openText(ring, "sign-in", `${place}a`, sealed)).toBeNull();
    }),
  );
});

it("a sealed text is another each time, and says which key sealed it", () => {
  const [one, two] = [0, 1].map(() => sealText(ring, "sign-in", "here", "a text"));
  expect(one!.equals(two!)).toBe(false);
  expect(sealingKeyId(one!)).toBe(ring.current.id);
});

it("a sealed text with any bit changed, cut, or a shorter tag does not open", () => {
  const sealed = sealText(ring, "sign-in", "here", "a text");
  for (let bit = 0; bit < sealed.length * 8; bit += 1) {
    const changed = Buffer.from(sealed);
    changed[bit >> 3]! ^= 1 << (bit & 7);
    expect(openText(ring, "sign-in", "here", changed)).toBeNull();
  }
  for (let length = 0; length < sealed.length; length += 1) {
    expect(openText(ring, "sign-in", "here", sealed.subarray(0, length))).toBeNull();
  }
});
