import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseHost } from "./host-name.js";

const nameOf = (text: string) => {
  const parsed = parseHost(text);
  return parsed.ok ? parsed.name : null;
};

describe("what is accepted, and in which spelling", () => {
  it.each([
    ["acme.example.com", "acme.example.com"],
    ["ACME.Example.COM", "acme.example.com"],
    ["acme.example.com.", "acme.example.com"],
    ["acme.example.com:443", "acme.example.com"],
    ["acme.example.com.:1", "acme.example.com"],
    ["acme.example.com:65535", "acme.example.com"],
    ["localhost", "localhost"],
    ["a-b.c3.example", "a-b.c3.example"],
    ["3com.example", "3com.example"],
    ["1.2.3.4.example", "1.2.3.4.example"],
    ["xn--mnchen-3ya.example", "xn--mnchen-3ya.example"],
    ["XN--MNCHEN-3YA.example", "xn--mnchen-3ya.example"],
    ["xn--fa-hia.example", "xn--fa-hia.example"],
    [`${"a".repeat(63)}.example`, `${"a".repeat(63)}.example`],
  ])("reads %j as %j", (text, name) => {
    expect(nameOf(text)).toBe(name);
  });

  it("accepts a name of 253 characters with a dot and a port, and none of 254", () => {
    const name = `${`${"a".repeat(61)}.`.repeat(4)}${"b".repeat(5)}`;
    expect(name).toHaveLength(253);
    expect(nameOf(`${name}.:65535`)).toBe(name);
    expect(nameOf(`${name}b`)).toBeNull();
  });
});

describe("what is refused", () => {
  it.each([
    ["an empty host", ""],
    ["a dot alone", "."],
    ["two trailing dots", "acme.example.com.."],
    ["an empty label", "acme..example.com"],
    ["a leading dot", ".acme.example.com"],
    ["userinfo", "a@b"],
    ["userinfo with a password", "acme:x@globex.example.com"],
    ["a list", "a, b"],
    ["a list without a space", "a,b"],
    ["a fragment", "a#b"],
    ["a percent-encoded letter", "%61cme.example.com"],
    ["a percent-encoded dot", "acme%2eexample.com"],
    ["a path", "acme.example.com/x"],
    ["a backslash", "acme.example.com\\x"],
    ["a query", "acme.example.com?x"],
    ["a space inside", "ac me.example.com"],
    ["a space at the end", "acme.example.com "],
    ["a tab", "ac\tme.example.com"],
    ["a newline at the end", "acme.example.com\n"],
    ["a NUL", "acme\0.example.com"],
    ["an underscore", "ac_me.example.com"],
    ["a leading hyphen", "-acme.example.com"],
    ["a trailing hyphen", "acme-.example.com"],
    ["a label of 64", `${"a".repeat(64)}.example.com`],
    ["an empty port", "acme.example.com:"],
    ["port 0", "acme.example.com:0"],
    ["port 65536", "acme.example.com:65536"],
    ["a padded port", "acme.example.com:0443"],
    ["a port with a sign", "acme.example.com:+443"],
    ["two ports", "acme.example.com:1:2"],
    ["a port alone", ":443"],
    ["IPv4", "127.0.0.1"],
    ["IPv4 with a port and a dot", "127.0.0.1.:80"],
    ["IPv4 of two parts", "127.1"],
    ["IPv4 in hexadecimal", "0x7f.1"],
    ["IPv4 in upper-case hexadecimal", "0X7F.1"],
    ["IPv4 in octal", "0177.0.0.1"],
    ["IPv4 as one number", "2130706433"],
    ["IPv4 as a digit", "1"],
    ["a name that ends in a number", "acme.example.1"],
    ["a name that ends in an empty hexadecimal number", "acme.0x"],
    ["IPv6", "[::1]"],
    ["IPv6 with a port", "[::1]:80"],
    ["IPv6 without brackets", "::1"],
    ["a letter outside of ASCII", "münchen.example"],
    ["a circled letter, which domainToASCII rewrites", "ⓔxample.com"],
    ["a soft hyphen, which domainToASCII drops", "ac\u00adme.example.com"],
    ["an ideographic full stop, which domainToASCII takes for a dot", "acme。example.com"],
    ["a Kelvin sign, which lower-cases to k", "\u212a.example.com"],
    ["a byte above ASCII as Node delivers it", "\u00e9.example.com"],
    ["a label of an unknown encoding", "ab--cd.example.com"],
    ["an A-label of nothing", "xn--.example.com"],
    ["an A-label of plain ASCII, which the WHATWG parser lets through", "xn--abc-.example.com"],
    ["an A-label whose Unicode looks like an A-label", "xn--xn---epa.example.com"],
    ["an A-label that does not decode", "xn--999999b.example.com"],
    ["an A-label of a capital", "xn--a-ecp.example.com"],
  ])("refuses %s", (_, text) => {
    expect(nameOf(text)).toBeNull();
  });
});

describe("for hosts that nobody thought of", () => {
  const piece = fc.oneof(
    fc.constantFrom(".", "..", ":", "@", ",", "#", "%", "%2e", "/", "\\", " ", "_", "-", "--"),
    fc.constantFrom("acme", "example", "com", "xn--", "xn--a", "0x7f", "1", "127", "[::1]", ":80"),
    fc.constantFrom("ⓔ", "。", "\u00ad", "\u200d", "İ", "ß", "\0", "\n", "\t"),
    fc.string({ maxLength: 4 }),
    fc.string({ unit: "binary", maxLength: 3 }),
  );
  const hostile = fc.array(piece, { maxLength: 9 }).map((pieces) => pieces.join(""));
  const label = fc.stringMatching(/^[a-z]([a-z0-9-]{0,10}[a-z0-9])?$/);

  it("never accepts what is not already the one spelling to the WHATWG parser", () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const name = nameOf(text);
        if (name === null) return;
        expect(name).toMatch(/^[a-z0-9-]{1,63}(\.[a-z0-9-]{1,63})*$/);
        expect(new URL(`http://${name}/`).hostname).toBe(name);
        expect(new URL(`http://${text}/`).hostname.replace(/\.$/, "")).toBe(name);
        expect(nameOf(name)).toBe(name);
      }),
      { numRuns: 20_000 },
    );
  });

  it("reads every case, port and trailing dot of a plain name alike", () => {
    const plain = fc
      .array(label, { minLength: 1, maxLength: 5 })
      .map((labels) => labels.join("."))
      .filter((name) => !/(^|\.)..--/.test(name));
    const port = fc.option(fc.integer({ min: 1, max: 65535 }), { nil: null });
    fc.assert(
      fc.property(plain, fc.boolean(), port, fc.boolean(), (name, dot, number, upper) => {
        const text = `${upper ? name.toUpperCase() : name}${dot ? "." : ""}`;
        expect(nameOf(number === null ? text : `${text}:${number}`)).toBe(name);
      }),
      { numRuns: 3_000 },
    );
  });

  it("accepts an xn-- name only where it comes back from Unicode unchanged", () => {
    const letters = fc.string({ unit: fc.constantFrom(..."aböçøñßé漢字д-1ⓔK"), maxLength: 6 });
    const encoded = fc.oneof(
      fc.stringMatching(/^[a-z0-9-]{0,12}$/).map((rest) => `xn--${rest}.test`),
      letters.map((text) => {
        const url = `http://${text}.test`;
        return URL.canParse(url) ? new URL(url).hostname : "xn--.test";
      }),
    );
    let accepted = 0;
    fc.assert(
      fc.property(encoded, (host) => {
        if (nameOf(host) === null) return;
        if (host.startsWith("xn--")) accepted += 1;
        expect(new URL(`http://${host}`).hostname).toBe(host);
        expect(host.startsWith("xn--") && /^xn--[a-z0-9-]*-\.test$/.test(host)).toBe(false);
      }),
      { numRuns: 5_000 },
    );
    expect(accepted).toBeGreaterThan(100);
  });
});
