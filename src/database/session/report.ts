import { emitEvent, type EventSink } from "../../core/event.js";
import type { TenantScope } from "../../core/scope.js";
import { isTenantryError } from "../../core/tenantry-error.js";

/**
 * Tells of what a watcher wants to know: a statement that was refused, and a seal that the database
 * did not accept (in a running service: an injection that tampered with it, or a lost key). The
 * statement's text stays out: it may carry someone's data.
 */
export function reportFailure(events: EventSink, error: Error, scope: TenantScope): void {
  const detail = { tenant: scope.tenant.id };
  if (isTenantryError(error, "STATEMENT_REFUSED")) {
    emitEvent(events, {
      type: "statement.refused",
      severity: "warning",
      message: error.message,
      detail,
    });
  } else if (isTenantryError(error, "DATABASE_SCOPE_REFUSED")) {
    emitEvent(events, {
      type: "seal.refused",
      severity: "security",
      message: error.message,
      detail,
    });
  }
}

export function reportDestroyed(events: EventSink, why: string): void {
  emitEvent(events, {
    type: "connection.destroyed",
    severity: "warning",
    message: `A connection of the scoped pool was destroyed: ${why}.`,
  });
}
