import { emitEvent, type EventSink } from "../../core/event.js";
import { TenantryError } from "../../core/tenantry-error.js";

/** Why a code was refused: for the event, never for the client. */
export type CodeRefusal =
  | "malformed"
  | "unknown"
  | "used"
  | "expired"
  | "other-redirect-uri"
  | "other-client"
  | "wrong-verifier"
  | "tenant-inactive";

/** A code that is good, in the wrong hands. */
const alarming: readonly CodeRefusal[] = [
  "used",
  "other-redirect-uri",
  "other-client",
  "wrong-verifier",
];

export function refuseCode(
  events: EventSink,
  because: CodeRefusal,
  { tenantId, grantId = null }: { readonly tenantId: string; readonly grantId?: string | null },
): TenantryError {
  emitEvent(events, {
    type: "authorization-code.refused",
    severity: alarming.includes(because) ? "security" : "info",
    message: `An authorization code was refused: ${because}.`,
    detail: { because, tenantId, grantId },
  });
  return new TenantryError("AUTHORIZATION_CODE_INVALID", {
    message: "The authorization code was refused.",
    fix: "Begin the sign-in anew. The event says why.",
  });
}
