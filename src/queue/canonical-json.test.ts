import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { canonicalJson } from "./canonical-json.js";

/** The same value, its members put in in the opposite order. */
function turned(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(turned);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([name, item]) => [name, turned(item)]),
  );
}

describe("canonical JSON", () => {
  it("is one text for one value, in whatever order its members are", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = canonicalJson(value);
        expect(canonicalJson(turned(value))).toBe(text);
        expect(canonicalJson(JSON.parse(text))).toBe(text);
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  it("is another text for another value", () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (one, other) => {
        const same = canonicalJson(one) === canonicalJson(other);
        if (same)
          expect(JSON.parse(JSON.stringify(one))).toEqual(JSON.parse(JSON.stringify(other)));
      }),
    );
  });

  it("sorts by UTF-16 code units, leaves nothing out, and writes numbers as RFC 8785 does", () => {
    const value = JSON.parse(
      '{"\\ufb33":1,"\\ud83d\\ude00":2,"10":3,"2":4,"__proto__":{"x":1e21}}',
    );
    expect(canonicalJson(value)).toBe('{"10":3,"2":4,"__proto__":{"x":1e+21},"😀":2,"\ufb33":1}');
  });

  it("refuses what is no JSON, and what is nested too deep", () => {
    expect(() => canonicalJson(undefined)).toThrow("no JSON");
    expect(() => canonicalJson(JSON.parse("[".repeat(201) + "]".repeat(201)))).toThrow("deeper");
    expect(canonicalJson(JSON.parse("[".repeat(200) + "]".repeat(200)))).toHaveLength(400);
  });
});
