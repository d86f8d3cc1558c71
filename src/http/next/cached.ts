import { currentScope, runKeyedByTenant } from "../../core/context.js";
import { TenantryError } from "../../core/tenantry-error.js";
import type { UnstableCache } from "./slices.js";

/** What may be part of a cache's key: it has one spelling as JSON. */
export type KeyPart =
  string | number | boolean | null | readonly KeyPart[] | { readonly [name: string]: KeyPart };

export interface CachedOptions {
  /** Seconds until a value is computed anew; false keeps it. Next.js's own default. */
  readonly revalidate?: number | false;
  /** Made into the tenant's own by `tenancy.tag`. */
  readonly tags?: readonly string[];
}

/** A tag of the active tenant: for `revalidateTag(tenancy.tag("projects"), …)`. */
export function tenantTag(name: string): string {
  return `tenantry:${currentScope().tenant.id}:${name}`;
}

/**
 * `unstable_cache` with the tenant in its key, which has to be asked for in a scope. `name` tells one
 * cached function from another.
 * @throws {TenantryError} `SCOPE_REQUIRED`; `CONFIG_INVALID` for an argument that is no plain JSON
 */
export function cachedByTenant<Values extends readonly KeyPart[], Result>(
  unstableCache: UnstableCache | undefined,
  name: string,
  work: (...values: Values) => Promise<Result>,
  { tags = [], revalidate }: CachedOptions = {},
): (...values: Values) => Promise<Result> {
  if (unstableCache === undefined) {
    throw new TenantryError("CONFIG_INVALID", {
      message: "tenancy.cached was used without Next.js's unstable_cache.",
      fix: 'Pass unstable_cache of "next/cache" to createNextTenancy.',
    });
  }
  return async (...values) => {
    const scope = currentScope();
    // One part, and JSON: Next.js joins parts with commas, which a value may contain.
    const key = JSON.stringify([scope.tenant.id, name, values.map(assertKeyPart)]);
    const fill = () => runKeyedByTenant(scope, () => work(...values));
    return unstableCache(fill, [key], {
      tags: tags.map(tenantTag),
      ...(revalidate === undefined ? {} : { revalidate }),
    })();
  };
}

function assertKeyPart(value: unknown): unknown {
  if (value === null || typeof value === "string" || typeof value === "boolean") return value;
  if (typeof value === "number" && Number.isFinite(value)) return value;
  if (Array.isArray(value)) return value.map(assertKeyPart);
  if (typeof value === "object" && Object.getPrototypeOf(value) === Object.prototype) {
    return Object.fromEntries(Object.entries(value).map(([name, of]) => [name, assertKeyPart(of)]));
  }
  throw new TenantryError("CONFIG_INVALID", {
    message: "A function of tenancy.cached was called with a value that cannot be part of a key.",
    fix: "Pass strings, finite numbers, booleans, null, and plain arrays and objects of them.",
  });
}
