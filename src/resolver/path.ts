import { isSlug } from "../core/tenant.js";
import type { Resolver } from "./contract.js";
import { obligingReading } from "./obliging-reading.js";
import { configInvalid, excerpt, unresolved } from "./refusal.js";
import { readTarget } from "./request-target.js";

export interface FromPathOptions {
  /** What stands before the tenant: `"/t"` for `/t/acme/…`. No slash at its end. Exact case. */
  readonly prefix: string;
}

/**
 * Reads the tenant's slug from the raw path: `/t/acme/projects` is `acme`. Null for a path that is
 * not under the prefix.
 *
 * A router behind may decode and tidy the path before it matches. So a path is refused with
 * `TENANT_UNRESOLVED` where some router could see a tenant that the raw text does not name
 * (`/%74/acme`, `/T/acme`, `/t//acme`, `/t\acme`), and wherever it has a dot segment in any
 * encoding (`/t/acme/../globex`, `/x/%2e%2e/t/acme`) or begins with two slashes.
 *
 * @throws {TenantryError} `CONFIG_INVALID`
 */
export function fromPath({ prefix }: FromPathOptions): Resolver {
  if (typeof prefix !== "string" || !/^(?:\/[A-Za-z0-9_~-]+)+$/.test(prefix)) {
    throw configInvalid(
      `\`prefix\` of fromPath is ${JSON.stringify(prefix)}.`,
      'Pass one or more plain segments without a slash at the end, such as "/t".',
    );
  }
  return Object.freeze({
    name: "path",
    varies: Object.freeze([]),
    read(request) {
      const target = readTarget(request.target);
      if (target.form === "malformed") throw unresolved("its request target is malformed");
      if (target.form === "asterisk") return null;
      const slug = slugUnder(prefix, target.path);
      return slug === null
        ? null
        : { source: "path", key: { by: "slug", value: slug }, detail: slug };
    },
  } satisfies Resolver);
}

function slugUnder(prefix: string, path: string): string | null {
  const obliging = obligingReading(path);
  // Two slashes at the front begin a host to whatever resolves the target as a reference.
  if (obliging === null || /^[/\\]{2}/.test(path)) throw ambiguous(prefix);
  if (!isUnder(prefix.toLowerCase(), obliging)) return null;
  const slug = isUnder(prefix, path) ? firstSegment(path.slice(prefix.length + 1)) : undefined;
  if (!isSlug(slug)) throw ambiguous(prefix);
  return slug;
}

function ambiguous(prefix: string): Error {
  return unresolved(`its path names no tenant in plain spelling under ${excerpt(prefix)}`);
}

function isUnder(prefix: string, path: string): boolean {
  return path === prefix || path.startsWith(`${prefix}/`);
}

function firstSegment(path: string): string {
  return path.split("/", 1)[0]!;
}
