import { TenantryError } from "../../core/tenantry-error.js";
import type { SignedIn } from "../../identity/index.js";

/**
 * `__Host-`: only this very host can set it, over a secure connection and for all paths (RFC 6265bis
 * §4.1.3.2), so that no sibling subdomain can toss one in. Browsers take localhost for secure.
 */
export const sessionCookie = "__Host-tenantry-session";
/** Holds the refresh token of one grant, on the tenant's own host. */
export const grantCookie = "__Host-tenantry-grant";

/** Bytes of a Cookie header that are looked at. */
const longestHeader = 16_384;

/**
 * The value of a cookie; null where there is none.
 * @param header all Cookie lines, joined by semicolons
 * @throws {TenantryError} `REQUEST_INVALID` where there are two of the name: one of them is somebody
 * else's, and nobody knows which
 */
export function readCookie(header: string | null, name: string): string | null {
  if (header === null) return null;
  if (header.length > longestHeader) throw ambiguous("the Cookie header is too long");
  const values = pairsOf(header)
    .filter((pair) => pair.startsWith(`${name}=`))
    .map((pair) => pair.slice(name.length + 1));
  if (values.length > 1) throw ambiguous(`there are ${values.length} cookies of one name`);
  return values[0] ?? null;
}

/** The names that begin so, each once; none where the header is too long. */
export function cookieNames(header: string | null): readonly string[] {
  if (header === null || header.length > longestHeader) return [];
  const names = pairsOf(header).map((pair) => pair.split("=", 1)[0]!);
  return [...new Set(names)].filter((name) => /^[\w-]+$/.test(name));
}

/** @param seconds how long the browser keeps it; 0 takes it away */
export function writeCookie(
  name: string,
  value: string,
  seconds: number,
  sameSite: "Strict" | "Lax",
): string {
  return `${name}=${value}; Path=/; Secure; HttpOnly; SameSite=${sameSite}; Max-Age=${seconds}`;
}

/**
 * Lax, and not Strict: a tenant of a domain of its own sends its users here to sign in, and the browser
 * must then tell who they are.
 */
export function sessionCookieOf({ token, session }: SignedIn): string {
  const seconds = Math.max(1, Math.floor((session.expiresAt.getTime() - Date.now()) / 1000));
  return writeCookie(sessionCookie, token, seconds, "Lax");
}

/**
 * Neither split at commas, which a value may have, nor with other white space taken off than a browser
 * takes off: either would find a `__Host-` cookie in what a sibling subdomain tossed in.
 */
function pairsOf(header: string): readonly string[] {
  return header.split(";").map((pair) => pair.replace(/^[ \t]+|[ \t]+$/g, ""));
}

function ambiguous(why: string): TenantryError {
  return new TenantryError("REQUEST_INVALID", {
    message: `The request's cookies were refused: ${why}.`,
    fix: "Clear the site's cookies and sign in again.",
  });
}
