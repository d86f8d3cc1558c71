import { assertScope, type Actor, type TenantScope } from "../scope.js";
import { TenantryError } from "../tenantry-error.js";
import { actorClaims, claimedActor } from "./actor-claims.js";
import type { KeyRing } from "./key-ring.js";
import { longestSeal, makeSeal, openSeal } from "./seal.js";

/** The header that carries a service seal unless another is named. Lower case. */
export const sealedHeaderName = "tenantry-scope";

/** Longest life of a service seal, in seconds: whoever reads it on the way can replay it so long. */
export const longestServiceSealLife = 300;

export interface SealHeaderOptions {
  /** The one service that is to open it, 1 to 200 visible ASCII characters: its own `audience`. */
  readonly audience: string;
  /** Whole seconds, 1 to 300. Default 30. */
  readonly lifetimeSeconds?: number;
}

/**
 * Seals a scope for a call to another of one's own services: the value of the `tenantry-scope`
 * header. The tenant and the actor travel; the evidence does not.
 * @param now milliseconds since the epoch
 * @throws {TenantryError} `SCOPE_FORGED`, `CONFIG_INVALID`
 */
export function sealHeader(
  ring: KeyRing,
  scope: TenantScope,
  { audience, lifetimeSeconds = 30 }: SealHeaderOptions,
  now: number = Date.now(),
): string {
  assertScope(scope);
  assertServiceAudience(audience);
  if (
    !Number.isInteger(lifetimeSeconds) ||
    lifetimeSeconds < 1 ||
    lifetimeSeconds > longestServiceSealLife
  ) {
    throw new TenantryError("CONFIG_INVALID", {
      message: `\`lifetimeSeconds\` of a sealed header is ${lifetimeSeconds}.`,
      fix: `Pass whole seconds from 1 to ${longestServiceSealLife}; seal again for every call.`,
    });
  }
  const seal = makeSeal(ring, "service", {
    tenantId: scope.tenant.id,
    expiresAt: Math.floor(now / 1000) + lifetimeSeconds,
    claims: { aud: audience, ...actorClaims(scope.actor) },
  });
  if (seal.length <= longestSeal) return seal;
  throw new TenantryError("CONFIG_INVALID", {
    message: `The actor's id makes a sealed header longer than ${longestSeal} characters.`,
    fix: "Use shorter actor ids.",
  });
}

export interface ServiceSealContents {
  readonly tenantId: string;
  readonly actor: Actor;
  /** Seconds since the epoch. */
  readonly expiresAt: number;
}

/**
 * Opens what `sealHeader` made for this audience.
 * @param now milliseconds since the epoch
 * @throws {TenantryError} `SEAL_INVALID`, `SEAL_EXPIRED`
 */
export function openServiceSeal(
  ring: KeyRing,
  seal: string,
  audience: string,
  now: number = Date.now(),
): ServiceSealContents {
  const { tenantId, expiresAt, claims } = openSeal(ring, "service", seal, now);
  if (claims["aud"] !== audience) {
    throw new TenantryError("SEAL_INVALID", {
      message: `A seal for another service was presented to ${JSON.stringify(audience)}.`,
      fix: "Seal the call for the service that it goes to: both sides name the same `audience`.",
    });
  }
  return { tenantId, expiresAt, actor: claimedActor(claims) };
}

/** @throws {TenantryError} `CONFIG_INVALID` */
export function assertServiceAudience(audience: unknown): asserts audience is string {
  if (typeof audience === "string" && /^[\x21-\x7e]{1,200}$/.test(audience)) return;
  throw new TenantryError("CONFIG_INVALID", {
    message: "`audience` of a sealed header is not 1 to 200 visible ASCII characters.",
    fix: 'Name the receiving service, such as "reports".',
  });
}
