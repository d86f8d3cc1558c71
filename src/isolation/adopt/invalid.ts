import { TenantryError } from "../../core/tenantry-error.js";

/** @param problem the end of a sentence */
export function invalid(problem: string, fix: string): TenantryError {
  return new TenantryError("MANIFEST_INVALID", {
    message: `The manifest cannot be used: ${problem}.`,
    fix,
  });
}
