import { TenantryError } from "../core/tenantry-error.js";

export function configInvalid(message: string, fix: string): TenantryError {
  return new TenantryError("CONFIG_INVALID", { message, fix });
}

export function refused(message: string, fix: string, cause?: unknown): TenantryError {
  return new TenantryError("OUTBOUND_REFUSED", { message, fix, cause });
}
