import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createKeyRing } from "./key-ring.js";
import { openSeal } from "./seal.js";
import { newUuid } from "../uuid.js";
import { createSealSource } from "./seal-source.js";

const ring = createKeyRing("a secret of at least thirty-two bytes, for tests");
const tenant = newUuid();

beforeEach(() => void vi.useFakeTimers({ now: 1_800_000_000_000 }));
afterEach(() => void vi.useRealTimers());

describe("a source of seals", () => {
  it("seals the tenant that was asked for, for its one purpose", () => {
    const source = createSealSource(ring, "database");
    const other = newUuid();
    expect(openSeal(ring, "database", source.sealFor(tenant)).tenantId).toBe(tenant);
    expect(openSeal(ring, "database", source.sealFor(other)).tenantId).toBe(other);
    expect(() => openSeal(ring, "operator", source.sealFor(tenant))).toThrow();
  });

  it("uses a seal again for half of its lifetime, and never longer", () => {
    const source = createSealSource(ring, "database", { lifetimeSeconds: 60 });
    const seal = source.sealFor(tenant);
    vi.advanceTimersByTime(29_999);
    expect(source.sealFor(tenant)).toBe(seal);
    vi.advanceTimersByTime(1);
    expect(source.sealFor(tenant)).not.toBe(seal);
  });

  it.each([2, 3, 60, 3600])(
    "leaves at least half of %i s, less a second of rounding",
    (lifetime) => {
      const source = createSealSource(ring, "database", { lifetimeSeconds: lifetime });
      for (let i = 0; i < 200; i++) {
        vi.advanceTimersByTime(lifetime * 37);
        const { expiresAt } = openSeal(ring, "database", source.sealFor(tenant));
        expect(expiresAt - Date.now() / 1000).toBeGreaterThan(lifetime / 2 - 1);
        expect(expiresAt - Date.now() / 1000).toBeLessThanOrEqual(lifetime);
      }
    },
  );

  it("seals anew where the clock went back beyond the seal's making", () => {
    const source = createSealSource(ring, "database", { lifetimeSeconds: 60 });
    source.sealFor(tenant);
    vi.setSystemTime(Date.now() - 3_600_000);
    const { expiresAt } = openSeal(ring, "database", source.sealFor(tenant));
    expect(expiresAt - Date.now() / 1000).toBeLessThanOrEqual(60);
  });

  it("keeps no more seals than its capacity, and gives the right one after all", () => {
    const source = createSealSource(ring, "database", { capacity: 3 });
    const tenants = Array.from({ length: 10 }, () => newUuid());
    for (const id of [...tenants, ...tenants]) {
      expect(openSeal(ring, "database", source.sealFor(id)).tenantId).toBe(id);
    }
  });

  it("refuses to seal what is no tenant id", () => {
    const source = createSealSource(ring, "database");
    for (const id of ["", "acme", tenant.toUpperCase()]) {
      expect(() => source.sealFor(id)).toThrow("canonical tenant id");
    }
  });
});
