/** A tenant, or one of its domains, has changed. */
export interface RegistryChange {
  readonly tenantId: string;
  /** The tenant's version from this change on. */
  readonly version: number;
}

export interface FeedListener<Change = RegistryChange, Doubt = string> {
  changed(change: Change): void;
  /**
   * Somebody says that this tenant (or whatever the feed is about) changed, or (null) that something
   * did, and nothing proves it. Worth a fresh look, and no more: it may be said as often as somebody
   * likes.
   */
  doubted(doubt: Doubt | null): void;
  /** Changes may have been missed: nothing that was read before now can be relied on. */
  missed(): void;
}

/** Tells of changes as they are committed, in this process or in any other. */
export interface Feed<Change, Doubt> {
  /** `up` only while changes are known to arrive. Whenever it gets `up`, `missed` is called first. */
  readonly state: "up" | "down";
  /** Returns the function that ends the subscription. */
  subscribe(listener: FeedListener<Change, Doubt>): () => void;
  close(): Promise<void>;
}

/** Tells of the registry's changes. */
export type RegistryFeed = Feed<RegistryChange, string>;
