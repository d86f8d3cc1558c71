import type { FeedListener, RegistryFeed } from "./contract.js";

/** Those who listen to a feed, addressed as if they were one. */
export interface Subscribers extends FeedListener {
  readonly subscribe: RegistryFeed["subscribe"];
  clear(): void;
}

export function createSubscribers(): Subscribers {
  const all = new Set<FeedListener>();
  return {
    subscribe(listener) {
      // A copy, so that one listener subscribed twice is two subscriptions.
      const own: FeedListener = {
        changed: (change) => listener.changed(change),
        doubted: (tenantId) => listener.doubted(tenantId),
        missed: () => listener.missed(),
      };
      all.add(own);
      return () => void all.delete(own);
    },
    changed: (change) => all.forEach((listener) => listener.changed(change)),
    doubted: (tenantId) => all.forEach((listener) => listener.doubted(tenantId)),
    missed: () => all.forEach((listener) => listener.missed()),
    clear: () => all.clear(),
  };
}
