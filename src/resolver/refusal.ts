import { TenantryError } from "../core/tenantry-error.js";

const nameATenant =
  "Send the request to the tenant's own host or path, or with a token that names the tenant; there is no default tenant.";

/** The request names no known tenant. One code for every reason, so that the answer tells none. */
export function unresolved(why: string): TenantryError {
  return new TenantryError("TENANT_UNRESOLVED", {
    message: `No tenant could be resolved: ${why}.`,
    fix: nameATenant,
  });
}

export function configInvalid(message: string, fix: string): TenantryError {
  return new TenantryError("CONFIG_INVALID", { message, fix });
}

/** Longest piece of a client's text that goes into a message, in characters. */
const longestExcerpt = 80;

/**
 * A client's text for a log: quoted, so that it cannot forge a line, and cut. Text with an `@` is
 * not shown at all, as it may be `user:password@host`.
 */
export function excerpt(text: string): string {
  if (text.includes("@")) return "(not shown: it contains an @)";
  const cut = text.length > longestExcerpt ? `${text.slice(0, longestExcerpt)}…` : text;
  return JSON.stringify(cut);
}
