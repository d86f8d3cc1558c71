import { TenantryError } from "../core/tenantry-error.js";

/**
 * What to throw for an id that no row of this tenant has. A row of another tenant is not visible, so
 * it ends here as well, and both get the same answer: body and headers.
 */
export function notFound(): TenantryError {
  return new TenantryError("NOT_FOUND", {
    message: "The thing asked for does not exist in this tenant.",
    fix: "Treat it as absent; if it should be there, check which tenant the request was for.",
  });
}
