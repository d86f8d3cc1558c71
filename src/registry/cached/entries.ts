import { LRUCache } from "lru-cache";
import type { Tenant } from "../../core/tenant.js";
import type { Doubts } from "./doubts.js";
import type { Fences } from "./fences.js";
import type { CacheSettings } from "./options.js";

/** Answers that were read, by key. */
export interface Entries {
  /** Undefined where nothing is kept, or what is kept is too old for `longestAge` milliseconds. */
  get(name: string, longestAge: number): Tenant | null | undefined;
  set(name: string, answer: Tenant | null, began: ReadStart): void;
  /** Drops every key of one tenant. */
  forget(tenantId: string): void;
  forgetUnknown(): void;
  clear(): void;
}

/** When a read began: its answer is at least as old as that. */
export interface ReadStart {
  readonly at: number;
  /** How many doubts there had been. */
  readonly doubts: number;
}

interface Entry<Answer> {
  readonly answer: Answer;
  readonly began: ReadStart;
}

/**
 * Known and unknown keys are bounded apart from one another, so that a flood of unknown hosts
 * pushes out no tenant. Age is looked at when an entry is asked for, since the longest age falls
 * as soon as the feed goes down.
 */
export function createEntries(settings: CacheSettings, fences: Fences, doubts: Doubts): Entries {
  const { maxKnown, maxUnknown, ttl, unknownTtl, now } = settings;
  const known = new LRUCache<string, Entry<Tenant>>({ max: maxKnown });
  const unknown = new LRUCache<string, Entry<null>>({ max: maxUnknown });
  const isFresh = ({ answer, began }: Entry<Tenant | null>, age: number) =>
    now() - began.at <= age && !doubts.since(began.doubts, answer?.id ?? null);

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
    set(name, answer, began) {
      known.delete(name);
      unknown.delete(name);
      if (answer === null) unknown.set(name, { answer, began });
      else known.set(name, { answer, began });
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
