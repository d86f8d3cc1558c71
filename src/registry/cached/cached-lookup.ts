import { setTimeout as pause } from "node:timers/promises";
import type { Tenant, TenantKey, TenantLookup } from "../../core/tenant.js";
import type { RegistryChange } from "../feed/contract.js";
import { registryUnavailable } from "../problems.js";
import { isFindable } from "../rules/findable.js";
import { createDoubts } from "./doubts.js";
import { createEntries } from "./entries.js";
import { createFences } from "./fences.js";
import { cacheSettings, degradedTtl, type CacheOptions } from "./options.js";
import { createReads } from "./reads.js";
import { createSingleFlight } from "./single-flight.js";

export interface CachedLookup extends TenantLookup {
  /** Takes in a change that this process knows of before the feed tells. */
  changed(change: RegistryChange): void;
  /** Drops a tenant whose new version is not known, and what is unknown. */
  forget(tenantId: string): void;
  /** Ends the subscription to the feed. `find` throws `REGISTRY_UNAVAILABLE` from then on. */
  close(): void;
}

/** Pauses before the reads of one look-up, in milliseconds: a replica is given time to catch up. */
const pauses = [0, 10, 40, 160, 640];

/**
 * Answers from memory, and never with what a change has made untrue:
 *
 * - a tenant older than its fence (the version that the feed announced, or that was seen) is
 *   neither answered nor kept: not a late read's, nor a lagging replica's;
 * - "no such tenant" counts only if no change at all came while it was being read;
 * - after a gap in the feed, whatever was read or asked before is read again;
 * - an announcement that is not proven has its tenant, and what is unknown, read again: what was
 *   being read already is, once, and is not kept. It never takes an answer away.
 *
 * An outdated tenant (suspended elsewhere, say) is answered at most: while the feed is up, until
 * its notification arrives; while the feed is known to be down, 1 s and the time of one read;
 * with a connection that was cut silently, until the feed finds out, and `ttl` at most.
 *
 * @throws {TenantryError} `CONFIG_INVALID`
 */
export function createCachedLookup(source: TenantLookup, options: CacheOptions = {}): CachedLookup {
  const { feed } = options;
  const settings = cacheSettings(options);
  const { fenceLifetime, now } = settings;
  const fences = createFences(settings, onFenceLost);
  const doubts = createDoubts(settings.maxFences);
  const entries = createEntries(settings, fences, doubts);
  const read = createReads(source, settings);
  const once = createSingleFlight<Tenant | null>();
  /** Counts the times at which everything was dropped. */
  let drops = 0;
  let changes = 0;
  let degradedUntil = 0;
  let closed = false;
  const unsubscribe = feed?.subscribe({
    changed,
    doubted: (tenantId) => doubts.raise(tenantId),
    missed: dropAll,
  });

  function changed({ tenantId, version }: RegistryChange): void {
    // Said again is nothing new: whoever listens could send a proven announcement over and over.
    if (!fences.raise(tenantId, version)) return;
    changes += 1;
    entries.forgetUnknown();
  }

  function dropAll(): void {
    drops += 1;
    entries.clear();
    fences.forgetSeen();
  }

  /** Without that fence a late read would pass: read all again, and keep little for as long as it would have stood. */
  function onFenceLost(): void {
    dropAll();
    degradedUntil = now() + fenceLifetime;
  }

  function longestAge(): number {
    return feed?.state === "up" && now() >= degradedUntil ? Infinity : degradedTtl;
  }

  async function readCurrent(key: TenantKey, name: string): Promise<Tenant | null> {
    let doubtedBefore = false;
    for (const milliseconds of pauses) {
      if (milliseconds > 0) await pause(milliseconds);
      const began = { at: now(), drops, changes, doubts: doubts.count };
      const answer = await read(key);
      if (closed) throw closedError();
      if (began.drops !== drops) continue;
      if (answer === null ? began.changes !== changes : answer.version < fences.of(answer.id)) {
        continue;
      }
      if (!doubtedBefore && doubts.since(began.doubts, answer?.id ?? null)) {
        doubtedBefore = true;
        continue;
      }
      if (answer !== null) fences.saw(answer.id, answer.version);
      entries.set(name, answer, began);
      return answer;
    }
    throw registryUnavailable(
      `${pauses.length} reads of the tenant registry were each out of date when they came back.`,
      "Look for a replica that lags behind, or for a program that changes tenants without pause.",
    );
  }

  return {
    async find(key) {
      if (closed) throw closedError();
      if (!isFindable(key)) return null;
      const name = `${key.by}:${key.value}`;
      const kept = entries.get(name, longestAge());
      return kept === undefined ? once(name, () => readCurrent(key, name)) : kept;
    },
    changed,
    forget(tenantId) {
      // Its new version is not known, so there is no fence to set: what is being read is read again.
      drops += 1;
      entries.forget(tenantId);
      entries.forgetUnknown();
    },
    close() {
      closed = true;
      unsubscribe?.();
      dropAll();
    },
  };
}

const closedError = () =>
  registryUnavailable("The tenant registry was closed.", "Close it after the last request.");
