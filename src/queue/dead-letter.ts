import { isTenantryError } from "../core/tenantry-error.js";

/** The header of a message that lies among the dead letters: the code of what befell it. */
export const refusedHeader = "tenantry-refused";

/** A code for a header: words of an error may quote a payload. */
export function deadLetterCode(error: unknown): string {
  return isTenantryError(error) ? error.code : "FAILED";
}
