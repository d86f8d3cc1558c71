import { TenantryError } from "../../core/tenantry-error.js";

/** The one error of this folder; `message` without the full stop. */
export function unavailable(message: string, fix: string, cause?: unknown): TenantryError {
  return new TenantryError("EMBEDDED_UNAVAILABLE", {
    message: `The embedded PostgreSQL is not available: ${message}.`,
    fix,
    ...(cause === undefined ? {} : { cause }),
  });
}
