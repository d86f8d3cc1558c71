import { TenantryError } from "../../core/tenantry-error.js";
import type { RegistryFeed } from "../feed/contract.js";

/** The longest that anything is answered from the cache while no feed is up. Milliseconds. */
export const degradedTtl = 1_000;

export interface CacheOptions {
  /** Tells of changes. Without one, or while it is down, nothing is kept longer than 1 s. */
  readonly feed?: RegistryFeed;
  /** How long a tenant is answered from the cache, in milliseconds. Default 10 000. */
  readonly ttl?: number;
  /** How long "no such tenant" is, in milliseconds. Default 10 000. */
  readonly unknownTtl?: number;
  /** Keys with a tenant that are kept. Default 10 000. */
  readonly maxKnown?: number;
  /** Keys without one that are kept, apart from the others. Default 10 000. */
  readonly maxUnknown?: number;
  /** Changed tenants whose version is remembered. Default 10 000. */
  readonly maxFences?: number;
  /** How long a changed tenant's version is remembered, in milliseconds. Default 60 000. */
  readonly fenceLifetime?: number;
  /** How long one read of the registry may take, in milliseconds. Default 5 000. */
  readonly readTimeout?: number;
  /** Reads of the registry under way at once. Default 1 000. */
  readonly maxReads?: number;
  /** A clock that never goes back, in milliseconds. Default `performance.now`. */
  readonly now?: () => number;
}

export type CacheSettings = Required<Omit<CacheOptions, "feed">>;

const defaults: CacheSettings = {
  ttl: 10_000,
  unknownTtl: 10_000,
  maxKnown: 10_000,
  maxUnknown: 10_000,
  maxFences: 10_000,
  fenceLifetime: 60_000,
  readTimeout: 5_000,
  maxReads: 1_000,
  now: () => performance.now(),
};

/** @throws {TenantryError} `CONFIG_INVALID` */
export function cacheSettings({ feed: _feed, ...given }: CacheOptions): CacheSettings {
  const settings = { ...defaults, ...given };
  for (const [name, value] of Object.entries(settings)) {
    if (typeof value === "number" && !(Number.isInteger(value) && value > 0)) {
      throw invalid(`\`${name}\` is not a whole number above 0`, `Leave it out for the default.`);
    }
  }
  // What began before a change must end, or be given up, while the change is still remembered.
  if (settings.fenceLifetime < 2 * Math.max(settings.ttl, settings.readTimeout)) {
    throw invalid(
      "`fenceLifetime` is less than twice `ttl` or `readTimeout`",
      "Lengthen it, or shorten the other two.",
    );
  }
  return settings;
}

function invalid(what: string, fix: string): TenantryError {
  return new TenantryError("CONFIG_INVALID", { message: `The registry's cache: ${what}.`, fix });
}
