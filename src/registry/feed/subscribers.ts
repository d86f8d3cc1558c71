import type { Feed, FeedListener, RegistryChange } from "./contract.js";

/** Those who listen to a feed, addressed as if they were one. */
export interface Subscribers<Change = RegistryChange, Doubt = string> extends FeedListener<
  Change,
  Doubt
> {
  readonly subscribe: Feed<Change, Doubt>["subscribe"];
  clear(): void;
}

export function createSubscribers<Change = RegistryChange, Doubt = string>(): Subscribers<
  Change,
  Doubt
> {
  const all = new Set<FeedListener<Change, Doubt>>();
  return {
    subscribe(listener) {
      // A copy, so that one listener subscribed twice is two subscriptions.
      const own: FeedListener<Change, Doubt> = {
        changed: (change) => listener.changed(change),
        doubted: (doubt) => listener.doubted(doubt),
        missed: () => listener.missed(),
      };
      all.add(own);
      return () => void all.delete(own);
    },
    changed: (change) => all.forEach((listener) => listener.changed(change)),
    doubted: (doubt) => all.forEach((listener) => listener.doubted(doubt)),
    missed: () => all.forEach((listener) => listener.missed()),
    clear: () => all.clear(),
  };
}
