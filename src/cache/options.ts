import { logEvents, type EventSink } from "../core/event.js";
import { createKeyRing, type KeyRing } from "../core/seal/key-ring.js";
import { bounded, type Bounds } from "./bounds.js";
import { jsonCodec, type CacheCodec } from "./codec.js";
import type { CacheBackend } from "./contract.js";
import { configInvalid } from "./problems.js";

export interface CacheOptions<V> {
  /**
   * Tells this cache's entries from those of others on the same backend: 1 to 64 lower-case letters,
   * digits and inner hyphens. The same in every process that shares them.
   */
  readonly name: string;
  readonly backend: CacheBackend;
  /** Milliseconds a value is fresh, 1 to 30 days. */
  readonly ttl: number;
  /**
   * Milliseconds after that in which a value is still handed out, while one caller's tenant has it
   * computed again. Default 0; 30 days at most.
   */
  readonly staleFor?: number;
  /** The share of `ttl` that is taken off at random, 0 to 0.5. Default 0.1. */
  readonly jitter?: number;
  /** Bytes of one encoded value, default 256 KiB, 16 MiB at most. */
  readonly maxValueBytes?: number;
  /** Entries one tenant may have here, default 10 000, at most 1 000 000. */
  readonly maxEntriesPerTenant?: number;
  /** Bytes one tenant may have here, keys included, default 16 MiB, at most 1 GiB. */
  readonly maxBytesPerTenant?: number;
  /** Milliseconds `remember` waits for a computation, default 30 000, 10 minutes at most. */
  readonly computeTimeout?: number;
  /** Stale values computed again at one time, default 8, at most 1000; a quarter of it per tenant. */
  readonly maxRefreshes?: number;
  /**
   * Where the backend cannot answer in time: `compute` goes on without the cache, `throw` throws
   * `CACHE_UNAVAILABLE`. `delete` and `clear` throw in either case.
   */
  readonly onUnavailable: "compute" | "throw";
  /** Default: JSON. */
  readonly codec?: CacheCodec<V>;
  /**
   * The secret of `createTenantry`. With it every value carries a MAC, and one that was not written
   * by a holder of the secret is refused. Two while rotating: `[new, old]`. Default: no MAC.
   */
  readonly secret?: string | readonly string[];
  /** Told of refused values, outages and failed refreshes. Default: one JSON line each on stderr. */
  readonly onEvent?: EventSink;
}

/** `CacheOptions` with every default filled in and every bound checked. */
export interface CacheSettings<V> extends Required<Omit<CacheOptions<V>, "secret" | "onEvent">> {
  readonly keys: KeyRing | null;
  readonly events: EventSink;
}

/** The longest that a value is fresh, or stale, in milliseconds. */
export const thirtyDays = 30 * 86_400_000;
const namePattern = /^[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?$/;

export const longestCompute = 600_000;

const bounds = {
  ttl: [NaN, 1, thirtyDays],
  staleFor: [0, 0, thirtyDays],
  jitter: [0.1, 0, 0.5],
  maxValueBytes: [262_144, 1, 16_777_216],
  maxEntriesPerTenant: [10_000, 1, 1_000_000],
  maxBytesPerTenant: [16_777_216, 1024, 1_073_741_824],
  computeTimeout: [30_000, 1, longestCompute],
  maxRefreshes: [8, 1, 1000],
} as const satisfies Record<string, Bounds>;

/** @throws {TenantryError} `CONFIG_INVALID`, `SECRET_WEAK` */
export function cacheSettings<V>(options: CacheOptions<V>): CacheSettings<V> {
  const { name, backend, onUnavailable } = options;
  if (typeof name !== "string" || !namePattern.test(name)) {
    throw configInvalid(
      "A cache's `name` is missing or not acceptable.",
      "Pass 1 to 64 lower-case letters, digits and inner hyphens.",
    );
  }
  if (typeof backend?.read !== "function" || typeof backend.write !== "function") {
    throw configInvalid(
      `The cache "${name}" has no backend.`,
      "Pass memoryBackend(…), ioredisBackend(client) or nodeRedisBackend(client).",
    );
  }
  if (onUnavailable !== "compute" && onUnavailable !== "throw") {
    throw configInvalid(
      `The cache "${name}" does not say what happens when its backend is down.`,
      'Pass onUnavailable: "compute" or "throw"; docs/cache.md tells how to choose.',
    );
  }
  const number = (what: keyof typeof bounds, whole = true): number =>
    bounded(`${what}\` of the cache \`${name}`, options[what], bounds[what], { whole });
  const settings = {
    name,
    backend,
    onUnavailable,
    ttl: number("ttl"),
    staleFor: number("staleFor"),
    jitter: number("jitter", false),
    maxValueBytes: number("maxValueBytes"),
    maxEntriesPerTenant: number("maxEntriesPerTenant"),
    maxBytesPerTenant: number("maxBytesPerTenant"),
    computeTimeout: number("computeTimeout"),
    maxRefreshes: number("maxRefreshes"),
    codec: options.codec ?? jsonCodec<V>(),
    keys: options.secret === undefined ? null : createKeyRing(options.secret),
    events: options.onEvent ?? logEvents,
  };
  return Object.freeze(settings);
}
