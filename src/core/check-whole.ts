import { TenantryError } from "./tenantry-error.js";

/**
 * The number, where it is a whole one within its bounds.
 * @param what stands first in the message, as "`max` of the limit exports"
 * @throws {TenantryError} `CONFIG_INVALID`
 */
export function checkWhole(what: string, value: unknown, least: number, most: number): number {
  if (typeof value === "number" && Number.isInteger(value) && value >= least && value <= most) {
    return value;
  }
  // Quoted, or "10" would read as if nothing were wrong with it.
  const shown = typeof value === "string" ? JSON.stringify(value) : String(value);
  throw new TenantryError("CONFIG_INVALID", {
    message: `${what} is ${shown}.`,
    fix: `Pass a whole number from ${least} to ${most}.`,
  });
}
