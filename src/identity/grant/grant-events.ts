import { emitEvent, type EventSink, type TenantryEvent } from "../../core/event.js";
import { TenantryError } from "../../core/tenantry-error.js";
import type { Reuse } from "./contract.js";

/** Why a refresh was refused: for the event, never for the client. */
export interface Refused {
  readonly because: string;
  readonly severity: TenantryEvent["severity"];
  readonly tenantId: string;
  readonly grantId?: string;
}

/** Tells the event why, and the caller nothing: one error for all reasons. */
export function refuseRefresh(events: EventSink, refused: Refused): TenantryError {
  const { because, severity, tenantId, grantId = null } = refused;
  emitEvent(events, {
    type: "grant.refused",
    severity,
    message: `A refresh token was refused: ${because}.`,
    detail: { because, tenantId, grantId },
  });
  return new TenantryError("REFRESH_INVALID", {
    message: "The refresh token was refused.",
    fix: "Exchange the session for a new grant, or sign in again. The event says why.",
  });
}

export function refuseStart(
  events: EventSink,
  because: string,
  { tenantId, accountId }: { readonly tenantId: string; readonly accountId: string },
): TenantryError {
  emitEvent(events, {
    type: "grant.refused",
    severity: "warning",
    message: `A grant was refused: ${because}.`,
    detail: { because, tenantId, accountId },
  });
  return new TenantryError("GRANT_REFUSED", {
    message: "The account gets no grant in this tenant.",
    fix: "Look at account, session, membership and tenant: all must be active. The event says which is not.",
  });
}

/** Runs the hook without waiting: how long a mail takes must not tell that there is one. */
export function tellOfReuse(
  events: EventSink,
  onReuse: ((reuse: Reuse) => unknown) | undefined,
  reuse: Reuse,
): void {
  const { tenantId, accountId, grantId, sessionId } = reuse;
  const detail = { tenantId, accountId, grantId, sessionId };
  emitEvent(events, {
    type: "grant.reused",
    severity: "security",
    message: "An old refresh token was used again, so its grant was ended.",
    detail,
  });
  if (onReuse === undefined) return;
  void Promise.resolve(reuse)
    .then(onReuse)
    .catch((error: unknown) =>
      emitEvent(events, {
        type: "grant.notice-failed",
        severity: "warning",
        message: `onReuse failed: ${error instanceof Error ? error.message : String(error)}`,
        detail,
      }),
    );
}
