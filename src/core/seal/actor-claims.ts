import type { Actor } from "../scope.js";
import { TenantryError } from "../tenantry-error.js";
import type { SealClaims } from "./seal.js";

/** The actor as claims of a seal that carries a scope. */
export function actorClaims(actor: Actor): SealClaims {
  return actor.kind === "anonymous" ? { kind: actor.kind } : { kind: actor.kind, id: actor.id };
}

/** @throws {TenantryError} `SEAL_INVALID` where the claims name no actor */
export function claimedActor({ kind, id }: SealClaims): Actor {
  if (kind === "anonymous") return { kind };
  if ((kind === "user" || kind === "service" || kind === "system") && typeof id === "string") {
    return { kind, id };
  }
  throw new TenantryError("SEAL_INVALID", {
    message: "A seal names no actor that this version knows.",
    fix: "Run the same version of Tenantry on both sides.",
  });
}
