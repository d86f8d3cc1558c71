import { domainToASCII, domainToUnicode } from "node:url";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isTenantryError } from "../../core/tenantry-error.js";
import { parseEmailAddress, type EmailAddress } from "./email-address.js";

const keyOf = (text: string) => parseEmailAddress(text).key;

/** Null where it is refused; anything else that is thrown fails the test. */
function read(text: unknown): EmailAddress | null {
  try {
    return parseEmailAddress(text);
  } catch (error) {
    if (isTenantryError(error, "EMAIL_INVALID")) return null;
    throw error;
  }
}

describe("parseEmailAddress", () => {
  it("keeps what was typed, and gives one key for every case", () => {
    expect(parseEmailAddress("  Ada.Lovelace@Example.COM ")).toEqual({
      address: "Ada.Lovelace@Example.COM",
      key: "ada.lovelace@example.com",
    });
    expect(keyOf("ADA@EXAMPLE.COM")).toBe(keyOf("ada@example.com"));
  });

  it("gives one key for a domain in Unicode and in ASCII", () => {
    expect(parseEmailAddress("ada@MÜNCHEN.de")).toEqual({
      address: "ada@MÜNCHEN.de",
      key: "ada@xn--mnchen-3ya.de",
    });
    expect(keyOf("ada@XN--MNCHEN-3YA.de")).toBe("ada@xn--mnchen-3ya.de");
    expect(keyOf("ada@\u039f\u03a3.gr")).toBe(keyOf("ada@\u03bf\u03c3.gr"));
    expect(keyOf("ada@straße.de")).not.toBe(keyOf("ada@strasse.de"));
  });

  it("tells dots and plus signs apart, which are the provider's to explain", () => {
    const keys = ["ada.l@a.example", "adal@a.example", "adal+x@a.example"].map(keyOf);
    expect(new Set(keys).size).toBe(3);
  });

  it.each([
    "a@b.example",
    "o'neil@example.com",
    "a!#$%&'*+/=?^_`{|}~-b@example.com",
    "1@2.example",
  ])("accepts %s", (text) => expect(parseEmailAddress(text)).toEqual({ address: text, key: text }));

  it("accepts 64 characters before the @ and 254 in all, and not one more", () => {
    const local = "a".repeat(64);
    const domain = (length: number) => {
      const label = "b".repeat(61);
      return `${label}.${label}.${label}.${"c".repeat(length - 3 * 62)}`;
    };
    expect(read(`${local}@${domain(189)}`)).not.toBeNull();
    expect(read(`${local}@${domain(190)}`)).toBeNull();
    expect(read(`${local}a@example.com`)).toBeNull();
  });

  it("measures a domain as it is in ASCII, where it is longer", () => {
    const domain = `${"ü".repeat(50)}.${"ü".repeat(50)}.de`;
    expect(read(`a@${domain}`)).not.toBeNull();
    expect(read(`${"a".repeat(64)}@${"ü".repeat(50)}.${domain}`)).toBeNull();
  });

  it.each([
    ["nothing", ""],
    ["spaces", "   "],
    ["no @", "ada.example.com"],
    ["two @", "ada@b@example.com"],
    ["nothing before the @", "@example.com"],
    ["nothing behind it", "ada@"],
    ["a quoted local part", '"ada"@example.com'],
    ["a quoted @", '"ada@b"@example.com'],
    ["a comment", "ada(me)@example.com"],
    ["a display name", "Ada <ada@example.com>"],
    ["a list", "ada@example.com,bob@example.com"],
    ["a dot at the beginning", ".ada@example.com"],
    ["a dot at the end", "ada.@example.com"],
    ["two dots", "ada..l@example.com"],
    ["a space inside", "ada l@example.com"],
    ["a tab at the end", "ada@example.com\t"],
    ["a newline at the end", "ada@example.com\n"],
    ["a header behind a line break", "ada@example.com\r\nBcc: bob@example.com"],
    ["a NUL", "ada\0@example.com"],
    ["a zero-width space", "a\u200bda@example.com"],
    ["a change of direction", "\u202eada@example.com"],
    ["a soft hyphen in the domain", "ada@exam\u00adple.com"],
    ["full-width letters", "ａda@example.com"],
    ["a circled letter in the domain", "ada@ⓔxample.com"],
    ["a full-width @", "ada＠example.com"],
    ["a Kelvin sign, whose lower case is k", "\u212a@example.com"],
    ["a dotless i, whose upper case is I", "g\u0131thub@example.com"],
    ["a Cyrillic а before the @", "\u0430da@example.com"],
    ["an ideographic full stop", "ada@example\u3002com"],
    ["one label", "ada@localhost"],
    ["a dot behind the domain", "ada@example.com."],
    ["an address literal", "ada@[127.0.0.1]"],
    ["an IPv4 address", "ada@127.0.0.1"],
    ["a hexadecimal one", "ada@0x7f.1"],
    ["a port", "ada@example.com:25"],
    ["percent encoding", "ada@%65xample.com"],
    ["an underscore in the domain", "ada@_x.example.com"],
    ["an A-label that does not decode", "ada@xn--a.example"],
    ["half a surrogate pair", "ada@\ud800.example"],
    ["a million characters", `${"a".repeat(1_000_000)}@example.com`],
    ["a million spaces", `${" ".repeat(1_000_000)}a@example.com`],
  ])("refuses %s", (_, text) => expect(read(text)).toBeNull());

  it.each([undefined, null, 7, {}, ["a@b.example"]])("refuses %s, which is no text", (value) =>
    expect(read(value)).toBeNull(),
  );

  it("does not repeat in its message what was typed", () => {
    expect(() => parseEmailAddress("ada lovelace@example.com")).toThrow(
      expect.objectContaining({ message: expect.not.stringMatching(/lovelace/) }),
    );
  });
});

describe("any text that is accepted", () => {
  const atom = fc.stringMatching(/^[A-Za-z0-9+_-]{1,20}$/);
  const label = fc.stringMatching(/^[A-Za-z][A-Za-z0-9]{0,9}(?:-[a-z])?$/);
  const sound = fc
    .tuple(
      fc.array(atom, { minLength: 1, maxLength: 3 }),
      fc.array(label, { minLength: 2, maxLength: 4 }),
    )
    .map(([atoms, labels]) => `${atoms.join(".")}@${labels.join(".")}`);
  const piece = fc.constantFrom(
    ...'aZ.@-+ "(\n\0ü',
    ...[
      "ß",
      "İ",
      "ı",
      "ς",
      "\u200d",
      "\u00ad",
      "\u3002",
      "\u212a",
      "\u03a3",
      "xn--",
      "é",
      "e\u0301",
      "б",
    ],
  );
  const made = fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join(""));
  const strange = fc.tuple(made, fc.constantFrom("@", ""), made).map((parts) => parts.join(""));
  const any = fc.oneof(
    sound,
    strange,
    strange.map((text) => `${text}.example`),
    fc.string(),
  );

  it("is what ordinary addresses are", () => {
    fc.assert(
      fc.property(sound, (text) => read(text) !== null),
      { numRuns: 1_000 },
    );
  });

  it("has a key of plain ASCII in bounds, which is its own key", () => {
    fc.assert(
      fc.property(any, (text) => {
        const parsed = read(text);
        if (parsed === null) return;
        expect(parsed.key).toMatch(/^[!-~]{3,254}$/);
        expect(parsed.key.split("@").length).toBe(2);
        expect(parsed.key.indexOf("@")).toBeLessThanOrEqual(64);
        expect(parsed.key).toBe(parsed.key.toLowerCase());
        expect(read(parsed.key)).toEqual({ address: parsed.key, key: parsed.key });
      }),
      { numRuns: 2_000 },
    );
  });

  it("is what was typed but for spaces around it, and its domain is the same in DNS", () => {
    fc.assert(
      fc.property(any, (text) => {
        const parsed = read(text);
        if (parsed === null) return;
        expect(parsed.address).toBe(text.replace(/^ +| +$/g, ""));
        const [localPart, domain] = parsed.key.split("@");
        const [typedLocal, typedDomain] = parsed.address.split("@");
        expect(localPart).toBe(typedLocal!.toLowerCase());
        expect(domainToASCII(typedDomain!)).toBe(domain);
        expect(domainToUnicode(domain!)).toBe(domainToUnicode(typedDomain!));
      }),
      { numRuns: 2_000 },
    );
  });
});
