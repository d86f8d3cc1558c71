import { describe, expect, it } from "vitest";
import { createDomainCheck, newVerificationToken } from "./domain.js";

const refusal = expect.objectContaining({ code: "DOMAIN_INVALID" });

describe("the check of a tenant's domain", () => {
  it.each(["app.example.com", "localhost", "intern.corp"])(
    "refuses the app's own name %s, and every name under it",
    (own) => {
      const check = createDomainCheck({ ownDomains: ["other.example.net", own] });
      if (own.includes(".")) expect(() => check(own)).toThrow(refusal);
      expect(() => check(`a.${own}`)).toThrow(refusal);
      expect(() => check(`a.b.${own}`)).toThrow(refusal);
      expect(check(`not${own === "localhost" ? "-localhost.example.org" : own}`)).toBeTypeOf(
        "string",
      );
    },
  );

  it.each([
    "com.au",
    "co.uk",
    "github.io",
    "s3.amazonaws.com",
    "kawasaki.jp",
    "example.ck",
    "xn--55qx5d.cn",
  ])("refuses the public suffix %s", (host) =>
    expect(() => createDomainCheck({})(host)).toThrow(refusal),
  );

  it.each(["shop.com.au", "acme.github.io", "city.kawasaki.jp", "www.ck", "shop.internal"])(
    "takes %s, which is under one, or excepted",
    (host) => expect(createDomainCheck({})(host)).toBe(host),
  );

  it.each([
    "",
    "App.example.com",
    "https://app.example.com",
    ".example.com",
    "example.com.",
    "a b",
  ])("refuses to be set up with the own name %j", (own) =>
    expect(() => createDomainCheck({ ownDomains: [own] })).toThrow(
      expect.objectContaining({ code: "CONFIG_INVALID" }),
    ),
  );

  it("names no more of a long text than is good to read", () => {
    const check = () => createDomainCheck({})(`${"x".repeat(5_000)}\n.example.org`);
    expect(check).toThrow(/"x{100}…"/);
  });
});

describe("a verification token", () => {
  it("says whose it is, fits a TXT record's string, and never comes twice", () => {
    const tokens = Array.from({ length: 1000 }, newVerificationToken);
    expect(new Set(tokens).size).toBe(1000);
    expect(tokens[0]).toMatch(/^tenantry-domain-verification=[\w-]{43}$/);
  });
});
