import { isTenantryError, TenantryError } from "../../core/tenantry-error.js";
import { isServerError } from "../driver.js";

export function refused(what: string, fix: string): TenantryError {
  return new TenantryError("STATEMENT_REFUSED", {
    message: `${what} is refused in a tenant scope; it was not sent.`,
    fix,
  });
}

/** A statement's plan is no longer good, as happens after DDL. */
export function isStalePlan(error: Error): boolean {
  return (
    isServerError(error) &&
    error.code === "0A000" &&
    error.message.includes("cached plan must not change result type")
  );
}

/** A prepared statement is gone: something other than the session deallocated it. */
export function isLostStatement(error: Error): boolean {
  return isServerError(error) && error.code === "26000";
}

const scopeStates: Readonly<Record<string, string>> = {
  TN001: "no scope was set",
  TN002: "the seal is not good",
  TN003: "the seal has expired",
};

/** Connection failures and refused seals become Tenantry's; SQL errors stay as pg raises them. */
export function fromDatabase(error: Error): Error {
  if (!isServerError(error)) {
    return isConnectionFailure(error) ? unavailable(error) : error;
  }
  const why = scopeStates[error.code];
  if (why !== undefined) {
    return new TenantryError("DATABASE_SCOPE_REFUSED", {
      message: `The database refused the sealed scope: ${why}.`,
      fix: "Install the key with `tenantry migrate` under the same TENANTRY_SECRET, and compare the clocks of both machines.",
      cause: error,
    });
  }
  if (error.code === "42601" && error.message.includes("multiple commands")) {
    return new TenantryError("STATEMENT_REFUSED", {
      message: "A string with several statements is refused in a tenant scope.",
      fix: "Send them one by one, inside tenantry.db.transaction() where they belong together.",
      cause: error,
    });
  }
  // 57P0x: the server is shutting down, crashed, or cannot take connections now. 08P01 is also what
  // a wrong number of values gives, the caller's mistake; from a pooler that lost its server it is FATAL.
  if (error.code === "08P01" && error.severity === "ERROR") return error;
  return /^(?:57P0|08)/.test(error.code) ? unavailable(error) : error;
}

/** Whether the connection is gone, as pg's client says it: before the socket knows, at times. */
export function isConnectionFailure(error: Error): boolean {
  if (isTenantryError(error)) return false;
  const code = (error as NodeJS.ErrnoException).code;
  return (
    (code !== undefined && /^(E[A-Z]+|ERR_(TLS|SSL).*)$/.test(code)) ||
    /^(Connection terminated|Client (was closed|has encountered)|timeout expired|Query read timeout)/.test(
      error.message,
    )
  );
}

export function unavailable(cause: unknown): TenantryError {
  return new TenantryError("DATABASE_UNAVAILABLE", {
    message: "The database could not be reached, or the connection broke.",
    fix: "Check that it runs and takes connections; a statement in flight may or may not have been done.",
    cause,
  });
}

/** A connection that could not be had. */
export function checkoutFailure(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  if (error.message === "timeout exceeded when trying to connect") {
    return exhausted("none became free in the time allowed", error);
  }
  if (error.message.includes("after calling end on the pool")) return error;
  return unavailable(error);
}

export function exhausted(why: string, cause?: unknown): TenantryError {
  return new TenantryError("POOL_EXHAUSTED", {
    message: `No database connection: ${why}.`,
    fix: "Answer 503 and retry later; look for slow statements and connections that are not released, then raise database.maxConnections.",
    cause,
  });
}
