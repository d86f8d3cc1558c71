import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isSlug, type TenantKey } from "../../core/tenant.js";
import { isTenantryError } from "../../core/tenantry-error.js";
import type { Resolver } from "../contract.js";
import { outcome, request, services } from "../resolver.test-support.js";
import { fromHost, type FromHostOptions } from "./from-host.js";
import { defaultReservedNames } from "./reserved-names.js";

const plain = fromHost({ baseDomain: "example.com" })(services());

/** `slug acme`, `domain crm.acme.test`, or the code of the refusal. */
async function read(host: string, resolver: Resolver = plain): Promise<string | null> {
  const signal = await outcome(() => resolver.read(request({ host })));
  return typeof signal === "string" || signal === null ? signal : text(signal.key);
}
const text = (key: TenantKey) => `${key.by} ${key.value}`;

describe("a subdomain of the base domain", () => {
  it.each([
    ["acme.example.com", "slug acme"],
    ["ACME.EXAMPLE.COM.:8443", "slug acme"],
    ["api.acme.example.com", "slug acme"],
    ["www.acme.example.com", "slug acme"],
    ["a-b-3.example.com", "slug a-b-3"],
  ])("%s is %s", async (host, key) => {
    expect(await read(host)).toBe(key);
  });

  it.each([
    ["the base domain itself", "example.com"],
    ["a bare prefix", "api.example.com"],
    ["another bare prefix", "www.example.com"],
    ["a reserved name", "admin.example.com"],
    ["a reserved name after a prefix", "api.admin.example.com"],
    ["a prefix after a prefix", "www.api.example.com"],
    ["two prefixes and a tenant", "www.api.acme.example.com"],
    ["two labels", "x.acme.example.com"],
    ["a prefix in the wrong place", "acme.api.example.com"],
    ["an A-label, which is no slug", "xn--mnchen-3ya.example.com"],
    ["hyphens in places 3 and 4", "ab--cd.example.com"],
  ])("%s names no tenant", async (_, host) => {
    expect(await read(host)).toBe("TENANT_UNRESOLVED");
  });

  it("is not found by a mere suffix of the text", async () => {
    expect(await read("evil-example.com")).toBe("domain evil-example.com");
    expect(await read("acme.example.com.evil.test")).toBe("domain acme.example.com.evil.test");
  });

  it("is not a name that is reserved by default", async () => {
    for (const name of defaultReservedNames) {
      expect(await read(`${name}.example.com`)).toBe("TENANT_UNRESOLVED");
    }
  });

  it("has default reserved names that could be slugs, each once and in order", () => {
    expect(defaultReservedNames.every(isSlug)).toBe(true);
    expect([...new Set(defaultReservedNames)].sort()).toEqual(defaultReservedNames);
  });
});

describe("a host outside of the base domain", () => {
  it("is a custom domain", async () => {
    expect(await read("CRM.acme.test:443")).toBe("domain crm.acme.test");
    expect(await read("xn--mnchen-3ya.test")).toBe("domain xn--mnchen-3ya.test");
  });

  it("names no tenant where custom domains are switched off", async () => {
    const resolver = fromHost({ baseDomain: "example.com", customDomains: false })(services());
    expect(await read("crm.acme.test", resolver)).toBe("TENANT_UNRESOLVED");
    expect(await read("acme.example.com", resolver)).toBe("slug acme");
  });
});

describe("options", () => {
  it("takes localhost as the base domain", async () => {
    const resolver = fromHost({ baseDomain: "localhost" })(services());
    expect(await read("acme.localhost:3000", resolver)).toBe("slug acme");
    expect(await read("localhost:3000", resolver)).toBe("TENANT_UNRESOLVED");
  });

  it("takes several base domains, of which the longest that fits counts", async () => {
    const resolver = fromHost({ baseDomain: ["example.com", "EU.example.com"] })(services());
    expect(await read("acme.example.com", resolver)).toBe("slug acme");
    expect(await read("acme.eu.example.com", resolver)).toBe("slug acme");
    expect(await read("eu.example.com", resolver)).toBe("TENANT_UNRESOLVED");
    expect(await read("x.acme.eu.example.com", resolver)).toBe("TENANT_UNRESOLVED");
  });

  it("reserves the prefixes too, and the given names instead of the default ones", async () => {
    const options = { baseDomain: "example.com", stripPrefixes: ["go"], reserved: ["jobs"] };
    const resolver = fromHost(options)(services());
    expect(await read("go.acme.example.com", resolver)).toBe("slug acme");
    expect(await read("go.example.com", resolver)).toBe("TENANT_UNRESOLVED");
    expect(await read("go.go.example.com", resolver)).toBe("TENANT_UNRESOLVED");
    expect(await read("jobs.example.com", resolver)).toBe("TENANT_UNRESOLVED");
    expect(await read("admin.example.com", resolver)).toBe("slug admin");
    expect(await read("api.acme.example.com", resolver)).toBe("TENANT_UNRESOLVED");
  });

  it.each<[string, unknown]>([
    ["no base domain", {}],
    ["an empty base domain", { baseDomain: "" }],
    ["an empty list", { baseDomain: [] }],
    ["a domain twice", { baseDomain: ["example.com", "Example.com."] }],
    ["a URL", { baseDomain: "https://example.com" }],
    ["a port", { baseDomain: "localhost:3000" }],
    ["a wildcard", { baseDomain: "*.example.com" }],
    ["a leading dot", { baseDomain: ".example.com" }],
    ["an address", { baseDomain: "127.0.0.1" }],
    ["a prefix of two labels", { baseDomain: "example.com", stripPrefixes: ["a.b"] }],
    ["a prefix that is not lower case", { baseDomain: "example.com", stripPrefixes: ["API"] }],
    ["prefixes that are no list", { baseDomain: "example.com", stripPrefixes: "api" }],
    ["a reserved name that is no label", { baseDomain: "example.com", reserved: [""] }],
  ])("refuses %s at construction", (_, options) => {
    expect(() => fromHost(options as FromHostOptions)).toThrow(
      expect.toSatisfy((error) => isTenantryError(error, "CONFIG_INVALID")),
    );
  });
});

it("never reads a tenant from a host that does not spell it out under the base domain", async () => {
  const piece = fc.constantFrom(
    ...["acme", "globex", "example", "com", ".", ".", ".", "-", "@", ",", " ", "%2e", "\\", "/"],
    ...[
      "#",
      "?",
      ":80",
      ":",
      "\t",
      "。",
      "ⓔ",
      "xn--",
      "api",
      "www",
      "_",
      "[",
      "]",
      "ACME",
      "\u00ad",
    ],
  );
  const host = fc.oneof(
    fc.array(piece, { maxLength: 10 }).map((pieces) => pieces.join("")),
    fc.array(piece, { maxLength: 4 }).map((pieces) => `${pieces.join("")}.example.com`),
  );
  await fc.assert(
    fc.asyncProperty(host, async (given) => {
      const key = await read(given);
      if (key === "TENANT_UNRESOLVED") return;
      const spelled = given
        .toLowerCase()
        .replace(/:[0-9]+$/, "")
        .replace(/\.$/, "");
      const expected = /^(?:(?:api|www)\.)?([a-z0-9-]+)\.example\.com$/.exec(spelled)?.[1];
      expect(key).toBe(expected === undefined ? `domain ${spelled}` : `slug ${expected}`);
    }),
    { numRuns: 10_000 },
  );
});
