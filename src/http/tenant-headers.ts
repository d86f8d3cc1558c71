/** Header values that a tenant's response goes out with; null leaves a header out. */
export interface TenantHeaders {
  readonly vary: string | null;
  readonly cacheControl: string;
}

const defaultCacheControl = "private, no-store";

/**
 * What keeps a tenant's response out of another tenant's hands. `Cache-Control` is the handler's own
 * where it set one (RFC 9111 §5.2.2); `Vary` is what the handler set, and every request header that
 * the tenant depends on (RFC 9110 §12.5.5). Host is none of them: caches key on it anyway.
 *
 * @param vary the handler's value or values
 * @param varies header names in lower case
 */
export function tenantHeaders(
  vary: readonly string[],
  cacheControl: string | null,
  varies: readonly string[],
): TenantHeaders {
  const own = cacheControl?.trim() ?? "";
  return {
    vary: mergeVary(vary, varies),
    cacheControl: own === "" ? defaultCacheControl : own,
  };
}

function mergeVary(given: readonly string[], varies: readonly string[]): string | null {
  const names = given.flatMap((value) => value.split(",")).map((name) => name.trim());
  if (names.includes("*")) return "*";
  const union = new Map<string, string>();
  for (const name of [...names, ...varies]) {
    if (name !== "" && !union.has(name.toLowerCase())) union.set(name.toLowerCase(), name);
  }
  return union.size === 0 ? null : [...union.values()].join(", ");
}
