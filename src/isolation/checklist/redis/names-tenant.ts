import type { KnownTenants } from "../database/known-tenants.js";

const uuid = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/gi;
/** As src/cache and src/limits write them: the tenant alone is in braces, or stands behind the limit's name. */
const ownCache = /^[A-Za-z0-9_.:-]{1,64}:\{[0-9a-f-]{36}\}:cache:/;
const ownLimit = /^tenantry:limit:[^:]+:.*[0-9a-f]{8}-/;

/** Whether a key is one that Tenantry's own cache or limits made. */
export function isOwnKey(key: string): boolean {
  return ownCache.test(key) || ownLimit.test(key);
}

/** Whether one of the tenants stands in a key as a part of its own. */
export function namesTenant(key: string, tenants: KnownTenants): boolean {
  const parts = [
    ...key.split(/[^A-Za-z0-9_-]+/),
    ...(key.match(uuid) ?? []),
    ...key.split(/[:{}/|]/),
  ];
  return parts.some(
    (part) => part !== "" && (tenants.has(part) || tenants.has(part.toLowerCase())),
  );
}

/**
 * A key's shape. What is counted, random or long in it becomes a star: it may be anybody's, and the session of
 * whoever is signed in.
 */
export function patternOf(key: string): string {
  return key
    .replace(uuid, "*")
    .split(/([^A-Za-z0-9_-]+)/)
    .map((part, at) => (at % 2 === 1 || /^[A-Za-z_-]{0,24}$/.test(part) ? part : "*"))
    .join("");
}
