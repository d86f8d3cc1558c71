import { expect, it } from "vitest";
import { createKeyRing } from "../../core/seal/key-ring.js";
import { noTenant, openSeal } from "../../core/seal/seal.js";
import { createRegistrySeal } from "./registry-seal.js";

const keys = createKeyRing("a secret of the tests, long enough for the purpose");

function sealer() {
  const clock = { now: 1_800_000_000_500 };
  return { clock, seal: createRegistrySeal(keys, () => clock.now) };
}

it("makes a seal for the registry, of no tenant, that lasts a minute", () => {
  const { clock, seal } = sealer();
  const { tenantId, expiresAt } = openSeal(keys, "registry", seal(), clock.now);
  expect(tenantId).toBe(noTenant);
  expect(expiresAt).toBe(1_800_000_060);
  expect(() => openSeal(keys, "database", seal(), clock.now)).toThrow();
});

it("uses it again while more than half of its lifetime is left", () => {
  const { clock, seal } = sealer();
  const first = seal();
  clock.now += 28_000;
  expect(seal()).toBe(first);
  clock.now += 2_000;
  expect(seal()).not.toBe(first);
});

it("makes another where the clock was put back", () => {
  const { clock, seal } = sealer();
  const first = seal();
  clock.now -= 3_600_000;
  expect(openSeal(keys, "registry", seal(), clock.now).expiresAt).toBe(1_799_996_460);
  expect(seal()).not.toBe(first);
});
