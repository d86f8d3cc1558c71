import { LRUCache } from "lru-cache";

/**
 * Changes that were announced and not proven. An answer that was asked for before such a doubt is
 * not kept, and that is all: anyone who can run SQL can raise one, and as many as they like. Raising
 * one is therefore quick, however much is kept, and what there is to drop falls out when asked for.
 */
export interface Doubts {
  /** The doubts so far. */
  readonly count: number;
  /** Null: it may be any tenant. */
  raise(tenantId: string | null): void;
  /** Whether an answer asked for when `count` stood so has come into doubt. Null: "no such tenant". */
  since(count: number, tenantId: string | null): boolean;
}

/** Remembers `max` doubted tenants, and doubts everyone for those that give way to others. */
export function createDoubts(max: number): Doubts {
  let count = 0;
  /** What was asked for before this is in doubt, whoever it is about. */
  let everyone = 0;
  const tenants = new LRUCache<string, number>({
    max,
    dispose: (at, _tenantId, reason) => {
      if (reason === "evict") everyone = Math.max(everyone, at);
    },
  });
  return {
    get count() {
      return count;
    },
    raise(tenantId) {
      count += 1;
      if (tenantId === null) everyone = count;
      else tenants.set(tenantId, count);
    },
    since(asked, tenantId) {
      if (tenantId === null) return count > asked;
      return Math.max(everyone, tenants.peek(tenantId) ?? 0) > asked;
    },
  };
}
