import { TenantryError } from "../../core/tenantry-error.js";

/** An input that cannot be used. */
export function unusable(message: string, fix: string): TenantryError {
  return new TenantryError("CONFIG_INVALID", { message, fix });
}

/** A probe that could not be made at all. */
export function impossible(message: string, fix: string, cause?: unknown): TenantryError {
  return new TenantryError("PROOF_IMPOSSIBLE", {
    message,
    fix,
    ...(cause === undefined ? {} : { cause }),
  });
}
