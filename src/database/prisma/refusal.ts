import { TenantryError } from "../../core/tenantry-error.js";

/** An operation that the extension cannot scope for certain, so it is not sent. */
export function refused(what: string, fix: string): TenantryError {
  return new TenantryError("STATEMENT_REFUSED", {
    message: `${what} was refused by tenantryPrisma before it was sent.`,
    fix,
  });
}

export function unfit(message: string, fix: string): TenantryError {
  return new TenantryError("CONFIG_INVALID", { message: `tenantryPrisma: ${message}`, fix });
}
