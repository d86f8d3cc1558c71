import { describe, expect, it } from "vitest";
import { isTenantryError } from "../core/tenantry-error.js";
import { createCache } from "./create-cache.js";
import { memoryBackend } from "./memory/memory-backend.js";

const backend = memoryBackend({ maxEntries: 10, maxBytes: 10_000 });
const good = { name: "notes", backend, ttl: 1_000, onUnavailable: "throw" } as const;

function refusalOf(options: object): string | null {
  try {
    createCache(options as never);
    return null;
  } catch (error) {
    if (isTenantryError(error)) return error.code;
    throw error;
  }
}

describe("the options of a cache", () => {
  it("are accepted where they are sound", () => {
    expect(refusalOf(good)).toBeNull();
    expect(createCache(good).name).toBe("notes");
  });

  it.each([
    [{ name: "" }],
    [{ name: "a:b" }],
    [{ name: "{a}" }],
    [{ name: "Notes" }],
    [{ name: "x".repeat(65) }],
    [{ name: undefined }],
    [{ backend: undefined }],
    [{ backend: {} }],
    [{ onUnavailable: undefined }],
    [{ onUnavailable: "ignore" }],
    [{ ttl: undefined }],
    [{ ttl: 0 }],
    [{ ttl: 0.5 }],
    [{ ttl: Infinity }],
    [{ ttl: "1000" }],
    [{ staleFor: -1 }],
    [{ jitter: 0.6 }],
    [{ jitter: NaN }],
    [{ maxValueBytes: 0 }],
    [{ maxEntriesPerTenant: 0 }],
    [{ maxBytesPerTenant: 100 }],
    [{ computeTimeout: 600_001 }],
    [{ maxRefreshes: 0 }],
  ])("are refused: %j", (change) => {
    expect(refusalOf({ ...good, ...change })).toBe("CONFIG_INVALID");
  });

  it("refuse a weak secret", () => {
    expect(refusalOf({ ...good, secret: "short" })).toBe("SECRET_WEAK");
  });
});
