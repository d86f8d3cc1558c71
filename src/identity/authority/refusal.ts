import { emitEvent, type EventSink } from "../../core/event.js";
import { TenantryError } from "../../core/tenantry-error.js";
import type { CheckedClaims } from "./contract.js";

/** Why a token is stale: for the event, never for the client. */
export type StaleBecause = "denied" | "inactive" | "membership-version" | "tenant-version";

/** Tells the event why, and the caller nothing: one error for all reasons. */
export function refuseStale(
  events: EventSink,
  because: StaleBecause,
  { tenantId, accountId, tokenId }: CheckedClaims,
): TenantryError {
  emitEvent(events, {
    type: "token.stale",
    // Who was removed tries on for a while; a token that somebody took back may be in a thief's hands.
    severity: because === "denied" ? "warning" : "info",
    message: `An access token is stale: ${because}.`,
    detail: { because, tenantId, accountId, tokenId },
  });
  return new TenantryError("TOKEN_STALE", {
    message: "What the access token says is true no more.",
    fix: "Refresh it, or exchange the session anew. The event token.stale says why.",
  });
}

export function authorityUnavailable(what: string, fix: string, cause?: unknown): TenantryError {
  return new TenantryError("DATABASE_UNAVAILABLE", { message: what, fix, cause });
}
