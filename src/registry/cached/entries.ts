import { LRUCache } from "lru-cache";
import type { Tenant } from "../../core/tenant.js";
import type { Fences } from "./fences.js";
import type { CacheSettings } from "./options.js";

/** Answers that were read, by key. */
export interface Entries {
  /** Undefined where nothing is kept, or what is kept is too old for `longestAge` milliseconds. */
  get(name: string, longestAge: number): Tenant | null | undefined;
  /** @param readAt when the read began: the answer is at least as old as that */
  set(name: string, answer: Tenant | null, readAt: number): void;
  /** Drops every key of one tenant. */
  forget(tenantId: string): void;
  forgetUnknown(): void;
  clear(): void;
}

interface Entry<Answer> {
  readonly answer: Answer;
  readonly readAt: number;
}

/**
 * Known and unknown keys are bounded apart from one another, so that a flood of unknown hosts
 * pushes out no tenant. Age is looked at when an entry is asked for, since the longest age falls
 * as soon as the feed goes down.
 */
export function createEntries(settings: CacheSettings, fences: Fences): Entries {
  const { maxKnown, maxUnknown, ttl, unknownTtl, now } = settings;
  const known = new LRUCache<string, Entry<Tenant>>({ max: maxKnown });
  const unknown = new LRUCache<string, Entry<null>>({ max: maxUnknown });
  const isFresh = (entry: Entry<unknown>, age: number) => now() - entry.readAt <= age;

  return {
    get(name, longestAge) {
      const hit = known.get(name);
      if (hit !== undefined) {
        // The fence makes all keys of a tenant drop together: those of an older version fall out.
        const current = hit.answer.version >= fences.of(hit.answer.id);
        if (current && isFresh(hit, Math.min(ttl, longestAge))) return hit.answer;
        known.delete(name);
      }
      const miss = unknown.get(name);
      if (miss === undefined) return undefined;
      if (isFresh(miss, Math.min(unknownTtl, longestAge))) return null;
      unknown.delete(name);
      return undefined;
    },
    set(name, answer, readAt) {
      known.delete(name);
      unknown.delete(name);
      if (answer === null) unknown.set(name, { answer, readAt });
      else known.set(name, { answer, readAt });
    },
    forget(tenantId) {
      // Reads all entries, some 10 000, for one of one's own writes: no index to keep true instead.
      for (const [name, { answer }] of [...known.entries()]) {
        if (answer.id === tenantId) known.delete(name);
      }
    },
    forgetUnknown: () => unknown.clear(),
    clear() {
      known.clear();
      unknown.clear();
    },
  };
}
