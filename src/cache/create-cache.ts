import { currentScope, runInScope } from "../core/context.js";
import { isTenantryError } from "../core/tenantry-error.js";
import { bounded } from "./bounds.js";
import type { Fence } from "./contract.js";
import { createFlights, unlessAborted } from "./flights.js";
import { cacheSettings, thirtyDays, type CacheOptions } from "./options.js";
import { partitionOf, placeOf, type Place } from "./place.js";
import { entryInvalid } from "./problems.js";
import { createRefreshes } from "./refreshes.js";
import { createReports } from "./reports.js";
import { createStore, type Lifetimes } from "./store.js";

export interface EntryOptions {
  /** As the cache's own, for this value. */
  readonly ttl?: number;
  /** As the cache's own, for this value. */
  readonly staleFor?: number;
}

export interface RememberOptions extends EntryOptions {
  /** Ends this caller's waiting; the computation goes on for the others, and for the cache. */
  readonly signal?: AbortSignal;
}

/** Is told by its signal when its time is up. It runs in the scope of the caller that started it. */
export type Compute<V> = (signal: AbortSignal) => V | Promise<V>;

/**
 * One cache, of which each tenant sees its own part: whose it is, every method asks the context.
 * All values are copies.
 * @throws {TenantryError} `SCOPE_REQUIRED`, `CACHE_ENTRY_INVALID` from every method, before the
 * backend is asked; so is `CONFIG_INVALID` for a `ttl` or `staleFor` out of bounds
 */
export interface Cache<V> {
  readonly name: string;
  /**
   * The value, fresh or stale; undefined where there is none.
   * @throws {TenantryError} `CACHE_UNAVAILABLE` where `onUnavailable` is `throw`
   */
  get(key: string): Promise<V | undefined>;
  /**
   * Whether the value was kept. Not kept where the backend is down and `onUnavailable` is
   * `compute`, or where there is no room.
   * @throws {TenantryError} `CACHE_UNAVAILABLE`; `CACHE_ENTRY_INVALID` also for a value too large
   */
  set(key: string, value: V, options?: EntryOptions): Promise<boolean>;
  /**
   * Whether there was a value. What is being computed for the key is not kept either.
   * @throws {TenantryError} `CACHE_UNAVAILABLE`, whatever `onUnavailable` says: what was not deleted
   * would be read again later
   */
  delete(key: string): Promise<boolean>;
  /**
   * The value, or what `compute` gives. One computation per tenant and key runs in this process; its
   * result is kept unless the entry was set, deleted or cleared meanwhile. A stale value is
   * answered at once and computed again behind.
   * @throws whatever `compute` throws; {TenantryError} `CACHE_UNAVAILABLE`
   */
  remember(key: string, compute: Compute<V>, options?: RememberOptions): Promise<V>;
  /**
   * Forgets all entries of the active tenant, in O(1).
   * @throws {TenantryError} `CACHE_UNAVAILABLE`, whatever `onUnavailable` says
   */
  clear(): Promise<void>;
}

/** How often a `set` begins anew after it was overtaken. */
const attempts = 3;

/** @throws {TenantryError} `CONFIG_INVALID`, `SECRET_WEAK` */
export function createCache<V = unknown>(options: CacheOptions<V>): Cache<V> {
  const settings = cacheSettings(options);
  const { name, backend } = settings;
  const reports = createReports(name, settings.events);
  const store = createStore(settings, reports);
  const flights = createFlights(name, settings.computeTimeout);
  const refreshes = createRefreshes(settings.maxRefreshes);
  /** Explicit changes made here: while there is no fence, they keep new callers off old flights. */
  let changes = 0;

  const lifetimesOf = ({ ttl, staleFor }: EntryOptions): Lifetimes => ({
    ttl: bounded("ttl", ttl, [settings.ttl, 1, thirtyDays]),
    staleFor: bounded("staleFor", staleFor, [settings.staleFor, 0, thirtyDays]),
  });

  /** What `work` gives, or `otherwise` where the backend is down and the cache may do without. */
  const ifAvailable = async <T, O>(work: () => Promise<T>, otherwise: O): Promise<T | O> => {
    try {
      return await work();
    } catch (error) {
      const passes = settings.onUnavailable === "compute";
      if (passes && isTenantryError(error, "CACHE_UNAVAILABLE")) return otherwise;
      throw error;
    }
  };

  const fill = async (
    place: Place,
    fence: Fence | null,
    compute: Compute<V>,
    lifetimes: Lifetimes,
    signal: AbortSignal,
  ): Promise<Buffer> => {
    const started = async (): Promise<V> => compute(signal);
    const payload = store.encode(await runInScope(place.scope, started, { nested: true }));
    if (fence === null || signal.aborted) return payload;
    if (!store.fits(payload)) reports.tooLarge(place, payload.length);
    // The value is there, so an outage at this point is no reason to fail: it was told.
    else await store.write(place, fence, payload, lifetimes, false).catch(() => undefined);
    return payload;
  };

  return Object.freeze<Cache<V>>({
    name,

    async get(key) {
      const place = placeOf(currentScope(), name, key);
      const seen = await ifAvailable(() => store.look(place), null);
      return seen?.found?.value;
    },

    async set(key, value, given = {}) {
      const place = placeOf(currentScope(), name, key);
      const lifetimes = lifetimesOf(given);
      const payload = store.encode(value);
      if (!store.fits(payload)) {
        throw entryInvalid(
          `A value of ${payload.length} bytes is too large for the cache "${name}".`,
          "Cache less, or raise maxValueBytes and maxBytesPerTenant.",
        );
      }
      changes += 1;
      const write = async (): Promise<boolean> => {
        for (let attempt = 0; attempt < attempts; attempt++) {
          const fence = await store.fence(place);
          const outcome = await store.write(place, fence, payload, lifetimes, true);
          if (outcome === "written") return true;
        }
        return false;
      };
      return ifAvailable(write, false);
    },

    async delete(key) {
      const place = placeOf(currentScope(), name, key);
      changes += 1;
      return reports.asking(() => backend.remove(place.partition, place));
    },

    async remember(key, compute, given = {}) {
      const place = placeOf(currentScope(), name, key);
      const lifetimes = lifetimesOf(given);
      const looking = async () => {
        const { fence, found } = await store.look(place);
        return { found, fence: found === null ? (fence ?? (await store.fence(place))) : fence };
      };
      const none = { found: null, fence: null };
      const { found, fence } = await unlessAborted(ifAvailable(looking, none), given.signal);
      if (found?.fresh === true) return found.value;
      // The field stands for the tenant too. With the fence in its name, whoever looked after a
      // clear, a delete or a set does not join what began before.
      const flight =
        fence === null
          ? `${place.field}.${changes}`
          : `${place.field}.${fence.generation}.${fence.epoch}`;
      const join = (): Promise<Buffer> =>
        flights.join(flight, (signal) => fill(place, fence, compute, lifetimes, signal));
      if (found === null) return store.decode(await unlessAborted(join(), given.signal));
      if (!flights.has(flight)) {
        refreshes.start(place.partition.tenantId, join, (error) =>
          reports.refreshFailed(place, error),
        );
      }
      return found.value;
    },

    async clear() {
      const partition = partitionOf(currentScope(), name);
      changes += 1;
      await reports.asking(() => backend.clear(partition));
    },
  });
}
