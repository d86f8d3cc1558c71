import type { KeyRing } from "../../core/seal/key-ring.js";
import { makeSeal, noTenant } from "../../core/seal/seal.js";

const lifetimeSeconds = 60;

/**
 * Gives a seal that lets the app role look tenants up: the same one while more than half of its
 * lifetime is left, so that a stolen one is of use for a minute at most.
 * @param now milliseconds since the epoch
 */
export function createRegistrySeal(keys: KeyRing, now: () => number = Date.now): () => string {
  let seal = "";
  let expiresAt = 0;
  return () => {
    const seconds = Math.floor(now() / 1000);
    // A clock that was put back leaves more than a whole lifetime: that seal is made anew as well.
    const left = expiresAt - seconds;
    if (left <= lifetimeSeconds / 2 || left > lifetimeSeconds) {
      expiresAt = seconds + lifetimeSeconds;
      seal = makeSeal(keys, "registry", { tenantId: noTenant, expiresAt, claims: {} });
    }
    return seal;
  };
}
