import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createCounterKeys, networkOf } from "./counter-key.js";

const secret = "a secret of 32 bytes or a few more";
const keyOf = createCounterKeys(secret);

describe("a counter's name", () => {
  it("holds nothing of an account, and cannot be computed without the secret", () => {
    const key = keyOf("account", "ada@example.com");
    expect(JSON.stringify(key)).not.toMatch(/ada|example/);
    expect(key).toEqual(createCounterKeys(secret)("account", "ada@example.com"));
    expect(key).not.toEqual(createCounterKeys(`${secret}!`)("account", "ada@example.com"));
  });

  it("is one for every spelling of an account, and another for each other account", () => {
    expect(keyOf("account", " ADA@Example.com")).toEqual(keyOf("account", "ada@example.com"));
    const values = fc.array(fc.emailAddress().map((text) => text.toLowerCase()));
    fc.assert(
      fc.property(values, (accounts) => {
        const parts = accounts.map((account) => keyOf("account", account).part);
        expect(new Set(parts).size).toBe(new Set(accounts).size);
      }),
    );
  });

  it("does not meet that of an address or a tenant of the same text", () => {
    const parts = (["account", "address", "tenant"] as const).map((by) => keyOf(by, "x").part);
    expect(new Set(parts).size).toBe(3);
  });

  it.each([undefined, "", "too short"])("is not made with the secret %j", (weak) => {
    expect(() => createCounterKeys(weak)).toThrow(expect.objectContaining({ code: "SECRET_WEAK" }));
  });
});

describe("an address", () => {
  it.each([
    ["203.0.113.7", "203.0.113.7"],
    ["::ffff:203.0.113.7", "203.0.113.7"],
    ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"],
    ["2001:DB8:1:2::ffff", "2001:db8:1:2::/64"],
    ["2001:db8::1", "2001:db8:0:0::/64"],
    ["fe80::1%eth0", "fe80:0:0:0::/64"],
  ])("%s counts as %s", (address, network) => expect(networkOf(address)).toBe(network));

  it.each([null, "", "unknown", "10.1", "010.0.0.1", "203.0.113.7:80", "a".repeat(1_000)])(
    "%j counts as unknown, with all others such",
    (address) => expect(networkOf(address)).toBe("unknown"),
  );

  it("is one for all of a subscriber's 2^64 addresses, and another beside", () => {
    const suffix = fc.ipV6().map((text) => text.split(":").slice(-2).join(":"));
    fc.assert(
      fc.property(
        suffix.filter((text) => /^[0-9a-f]+:[0-9a-f]+$/i.test(text)),
        (low) => {
          expect(networkOf(`2001:db8:1:2:0:0:${low}`)).toBe("2001:db8:1:2::/64");
          expect(networkOf(`2001:db8:1:3:0:0:${low}`)).toBe("2001:db8:1:3::/64");
        },
      ),
    );
  });
});
