import { LRUCache } from "lru-cache";
import type { CacheSettings } from "./options.js";

/** The least version of a tenant that may still be answered. */
export interface Fences {
  /** 0 where any version may be. */
  of(tenantId: string): number;
  /**
   * A change was announced: every older version is out of date.
   * @returns false where that was known already
   */
  raise(tenantId: string, version: number): boolean;
  /** A read gave this version: no older one is to be given after it. */
  saw(tenantId: string, version: number): void;
  forgetSeen(): void;
}

/**
 * Fences are bounded in number and in time. In time, because a fence that no answer ever reaches
 * would shut the tenant out for good: a database restored from a backup counts from an older
 * version. In number, because `onLost` makes
 * up for it: it is called when a fence gives way to another before its time.
 */
export function createFences(settings: CacheSettings, onLost: () => void): Fences {
  const { maxFences, maxKnown, fenceLifetime, now } = settings;
  const time = { ttl: fenceLifetime, ttlResolution: 0, perf: { now } };
  const announced = new LRUCache<string, number>({
    ...time,
    max: maxFences,
    dispose: (_version, _id, reason) => {
      if (reason === "evict") onLost();
    },
  });
  // Only makes answers agree with one another sooner; nothing rests on it, so losing one is no loss.
  const seen = new LRUCache<string, number>({ ...time, max: maxKnown });

  return {
    // peek, so that asking does not make a fence look younger than one that was set after it.
    of: (id) => Math.max(announced.peek(id) ?? 0, seen.peek(id) ?? 0),
    raise: (id, version) => raiseIn(announced, id, version),
    saw: (id, version) => void raiseIn(seen, id, version),
    forgetSeen: () => seen.clear(),
  };
}

function raiseIn(fences: LRUCache<string, number>, id: string, version: number): boolean {
  if (version <= (fences.peek(id) ?? 0)) return false;
  fences.set(id, version);
  return true;
}
