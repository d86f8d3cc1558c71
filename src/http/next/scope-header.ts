import { createHash } from "node:crypto";

/** Carries the sealed scope from proxy.ts to the code behind it; never believed from outside. */
export const scopeHeader = "tenantry-next-scope";

/**
 * Seconds that a sealed scope is good for: as long as a page may take to begin rendering. Nobody
 * outside ever sees it.
 */
export const scopeHeaderLife = 60;

/** Binds the seal to the host that was resolved, so that it opens under no other. */
export function audienceOf(host: string | null): string {
  const name = (host ?? "").toLowerCase();
  return `tenantry-next:${createHash("sha256").update(name).digest("base64url")}`;
}
