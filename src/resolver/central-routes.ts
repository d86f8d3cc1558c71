import { configInvalid } from "./refusal.js";
import { readTarget } from "./request-target.js";

/** The central route that a request target falls under, as it was listed; null for none. */
export type CentralRoutes = (target: string) => string | null;

/** RFC 3986's path characters; percent signs are looked at apart. */
const plainPath = /^\/[A-Za-z0-9\-._~!$&'()*+,;=:@%/]*$/;
/**
 * `.`, `/`, `\`, `%`, `?`, `#` and control characters, encoded: what a router could decode into
 * another path, or drop (WHATWG drops tabs: `.%09.`).
 */
const encodedTrick = /%(?:2e|2f|5c|25|3f|23|[01][0-9a-f]|7f|$|.$|[^0-9a-f]|.[^0-9a-f])/i;

/**
 * Routes that are served on purpose without a tenant: exact paths (`/healthz`) and subtrees
 * (`/auth/*`: everything beneath `/auth/`, not `/auth` itself).
 *
 * Matched on the raw path, case and all, with nothing decoded. A path that some router could read
 * as another one (dot segments, also encoded; an encoded slash, backslash, `?`, `#` or control character; two slashes together)
 * is in no subtree, and so needs a tenant like any other.
 *
 * @throws {TenantryError} `CONFIG_INVALID`
 */
export function centralRoutes(routes: readonly string[]): CentralRoutes {
  routes.forEach(assertRoute);
  const exact = new Set(routes.filter((route) => !isSubtree(route)));
  const subtrees = routes.filter(isSubtree).sort((one, other) => other.length - one.length);
  if (routes.length === 0) return () => null;
  return (target) => {
    const read = readTarget(target);
    if (read.form !== "origin" && read.form !== "absolute") return null;
    const { path } = read;
    if (exact.has(path)) return path;
    const subtree = subtrees.find((route) => path.startsWith(route.slice(0, -1)));
    return subtree !== undefined && isUnambiguous(path) ? subtree : null;
  };
}

function isSubtree(route: string): boolean {
  return route.endsWith("/*");
}

/** Whether every router reads the path alike. */
function isUnambiguous(path: string): boolean {
  if (!plainPath.test(path) || encodedTrick.test(path) || path.includes("//")) return false;
  return !path.split("/").some((segment) => segment === "." || segment === "..");
}

function assertRoute(route: unknown): asserts route is string {
  if (typeof route !== "string") throw routeInvalid(route);
  const path = isSubtree(route) ? route.slice(0, -1) : route;
  if (path.includes("*") || !isUnambiguous(path) || route === "/*") throw routeInvalid(route);
}

function routeInvalid(route: unknown): Error {
  return configInvalid(
    `\`central\` has ${JSON.stringify(route)}.`,
    'List exact paths ("/healthz") and subtrees ("/auth/*"), in plain spelling; "/*" would switch tenancy off.',
  );
}
