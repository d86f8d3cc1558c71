import { TenantryError } from "../core/tenantry-error.js";

export function usageError(message: string, fix: string): TenantryError {
  return new TenantryError("USAGE", { message, fix });
}
