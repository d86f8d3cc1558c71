import { TenantryError } from "../../../core/tenantry-error.js";

const readTheTable =
  "Check that the database answers and that tenantry_identity may read and write tenantry.signing_key.";

/** No key, no token: nothing is signed or believed without. */
export function ownKeysUnavailable(
  why: string,
  { cause, fix = readTheTable }: { readonly cause?: unknown; readonly fix?: string } = {},
): TenantryError {
  return new TenantryError("TOKEN_KEYS_UNAVAILABLE", {
    message: `Tenantry's own signing keys could not be had or used: ${why}.`,
    fix,
    cause,
  });
}
