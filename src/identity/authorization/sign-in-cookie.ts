import { createHash } from "node:crypto";

/**
 * Set it with `Path=/; HttpOnly; SameSite=Lax` and, but for an insecure localhost, `Secure`. Not
 * `Strict`: the way back from the auth host may be another site's.
 */
export interface SignInCookie {
  readonly name: string;
  /** Nobody but us can read it: 1,650 characters of base64url at most, 300 for a short path. */
  readonly value: string;
  /** Seconds. */
  readonly maxAge: number;
}

/** Sign-ins that one browser may have under way on a host: their cookies fit in a request's headers. */
const mostAtOnce = 6;
const namePattern = /^(?:__Host-)?tenantry-sign-in-[0-9a-f]{8}$/;

/** @param isSecure whether to ask for TLS by the name, `__Host-` (RFC 6265bis §4.1.3.2) */
export function signInCookieName(state: string, isSecure: boolean): string {
  const digest = createHash("sha256").update(state).digest("hex");
  return `${isSecure ? "__Host-" : ""}tenantry-sign-in-${digest.slice(0, 8)}`;
}

/**
 * Those to take away when one more is set. Browsers send the oldest first (RFC 6265 §5.4).
 * @param names of all cookies of a request, in their order
 */
export function surplusCookies(names: readonly string[]): readonly string[] {
  const underWay = names.filter((name) => namePattern.test(name));
  return underWay.slice(0, Math.max(0, underWay.length + 1 - mostAtOnce));
}
