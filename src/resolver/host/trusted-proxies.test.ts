import { describe, expect, it } from "vitest";
import { isTenantryError } from "../../core/tenantry-error.js";
import { trustedProxies } from "./trusted-proxies.js";

describe("trustedProxies", () => {
  it.each([
    ["10.0.0.0/8", "10.255.0.1", true],
    ["10.0.0.0/8", "11.0.0.1", false],
    ["10.0.0.7", "10.0.0.7", true],
    ["10.0.0.7", "10.0.0.8", false],
    ["10.0.0.0/8", "::ffff:10.1.2.3", true],
    ["10.0.0.0/8", "::ffff:0a01:0203", true],
    ["::ffff:10.0.0.0/104", "10.1.2.3", true],
    ["::ffff:10.0.0.0/104", "::ffff:10.1.2.3", true],
    ["::ffff:10.0.0.0/104", "11.1.2.3", false],
    ["fd00::/8", "fd12::1", true],
    ["fd00::/8", "fe80::1", false],
    ["fd00::/8", "10.0.0.1", false],
    ["10.0.0.0/8", "fd12::1", false],
    ["::1", "::1", true],
    ["fe80::/10", "fe80::1%eth0", true],
  ])("where %s is trusted, says of %s: %s", (range, peer, trusted) => {
    expect(trustedProxies([range])(peer)).toBe(trusted);
  });

  it.each([[null], [""], ["unix"], ["10.1"], ["010.0.0.1"], ["167772161"], ["10.0.0.1, 1.2.3.4"]])(
    "does not trust a peer address of %j",
    (peer) => {
      expect(trustedProxies(["10.0.0.0/8", "8.0.0.0/8", "::/1"])(peer)).toBe(false);
    },
  );

  it("trusts nobody where none is listed", () => {
    expect(trustedProxies([])("127.0.0.1")).toBe(false);
  });

  it.each([
    ["0.0.0.0/0"],
    ["::/0"],
    ["::ffff:0.0.0.0/96"],
    ["10.0.0.0/33"],
    ["10.0.0.0/08"],
    ["10.0.0.0/"],
    ["10.0.0.0/8/8"],
    ["10.1/8"],
    ["010.0.0.0/8"],
    ["proxy.example.com"],
    [""],
  ])("refuses %j at construction", (range) => {
    expect(() => trustedProxies([range])).toThrow(
      expect.toSatisfy((error) => isTenantryError(error, "CONFIG_INVALID")),
    );
  });
});
