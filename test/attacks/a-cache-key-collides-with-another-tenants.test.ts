import { createCache, memoryBackend } from "tenantry/cache";
import { describe, expect, it } from "vitest";
import { as, newScope } from "../cache/support/tenants.js";

const [a, b] = [newScope("a"), newScope("b")];

/** Keys by which a tenant might try to get out of its own part. */
const keysOfA = [
  `{${b.tenant.id}}:cache:notes`,
  `${b.tenant.id}:secret`,
  `","secret`,
  `secret"]`,
  `["${b.tenant.id}","notes","secret"]`,
  "../secret",
  "secret\0",
  "\ud800secret",
  "*",
  "g",
  "__proto__",
  "constructor",
];

describe("a key made to look like another tenant's", () => {
  const backend = memoryBackend({ maxEntries: 1_000, maxBytes: 2 ** 20 });
  const cache = createCache({ name: "notes", backend, ttl: 60_000, onUnavailable: "throw" });

  it.each(keysOfA.map((key) => [key]))(
    "reads and writes its own tenant's part: %j",
    async (key) => {
      await as(b, () => cache.set("secret", "b-canary"));
      expect(await as(a, () => cache.get(key))).toBeUndefined();
      await as(a, () => cache.set(key, "a-forgery"));
      await as(a, () => cache.delete("secret"));
      expect(await as(b, () => cache.get("secret"))).toBe("b-canary");
    },
  );

  it("would reach it where tenant and key are strung together", () => {
    const naive = new Map<string, string>();
    const keyOf = (tenant: string, key: string) => `${tenant}:${key}`;
    naive.set(keyOf("acme:eu", "secret"), "b-canary");
    expect(naive.get(keyOf("acme", "eu:secret"))).toBe("b-canary");
  });
});
