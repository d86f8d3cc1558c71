import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isHostName } from "./host-name.js";

describe("isHostName", () => {
  it.each(["a.b", "acme.example", "a-1.example.co.uk", "xn--mnchen-3ya.de", "1a.2b", "a.xn--p1ai"])(
    "accepts the canonical host name %s",
    (host) => expect(isHostName(host)).toBe(true),
  );

  it("accepts a label of 63 characters and a name of 253", () => {
    const label = "a".repeat(63);
    expect(isHostName(`${label}.example`)).toBe(true);
    expect(isHostName(`${label}.${label}.${label}.${"a".repeat(61)}`)).toBe(true);
    expect(isHostName(`${label}.${label}.${label}.${"a".repeat(62)}`)).toBe(false);
    expect(isHostName(`${"a".repeat(64)}.example`)).toBe(false);
  });

  it.each([
    ["one label", "localhost"],
    ["nothing", ""],
    ["upper case", "Acme.example"],
    ["a trailing dot", "acme.example."],
    ["an empty label", "acme..example"],
    ["a leading dot", ".acme.example"],
    ["a port", "acme.example:443"],
    ["userinfo", "a@acme.example"],
    ["an underscore", "_acme.example"],
    ["a leading hyphen", "-acme.example"],
    ["a trailing hyphen", "acme-.example"],
    ["a wildcard", "*.acme.example"],
    ["a space", "acme.example "],
    ["a newline at the end", "acme.example\n"],
    ["percent encoding", "%61cme.example"],
    ["a U-label", "münchen.de"],
    ["a circled letter", "ⓔxample.com"],
    ["an ideographic full stop", "acme。example"],
    ["an IPv4 address", "127.0.0.1"],
    ["a short IPv4 address", "127.1"],
    ["a hexadecimal IPv4 address", "0x7f.1"],
    ["an IPv4 address with a hexadecimal end", "127.0.0.0x1"],
    ["an octal IPv4 address", "0177.0.0.01"],
    ["a numeric last label", "acme.1"],
    ["an empty hexadecimal last label", "acme.0x"],
    ["an IPv6 address", "[::1]"],
    ["an unknown label encoding", "ab--cd.example"],
    ["an A-label that does not decode", "xn--a.example"],
    ["an A-label of plain ASCII", "xn--acme-.example"],
    ["an A-label of an upper-case letter", "xn--Mnchen-3ya.de"],
    ["an A-label of a soft hyphen", "xn--ab-5da.de"],
    ["an A-label that decodes to what encodes otherwise", "xn--mnchen-psa.de"],
  ])("refuses %s", (_what, host) => expect(isHostName(host)).toBe(false));

  it.each([undefined, null, 7, {}, ["a.b"]])("refuses %s, which is no text", (value) =>
    expect(isHostName(value)).toBe(false),
  );

  it("accepts only what the URL parser leaves exactly as it is", () => {
    const piece = fc.constantFrom(
      "a",
      "z",
      "0",
      "-",
      ".",
      "xn--",
      "é",
      "ß",
      "A",
      "1",
      "0x",
      "%",
      " ",
    );
    const texts = fc.oneof(fc.string({ unit: piece, maxLength: 24 }), fc.domain(), fc.string());
    fc.assert(
      fc.property(texts, (text) => {
        if (!isHostName(text)) return;
        const url = new URL(`http://${text}/`);
        expect(url.host).toBe(text);
        expect(url.hostname).toMatch(/\./);
      }),
      { numRuns: 5000 },
    );
  });
});
