/** One tenant's part of one cache. */
export interface Partition {
  /** A canonical uuid. */
  readonly tenantId: string;
  /** The cache's name: lower-case letters, digits and inner hyphens. */
  readonly cache: string;
}

/** Where an entry is in its partition. */
export interface Slot {
  /** 43 characters of base64url: one per key. */
  readonly field: string;
  /** 0 to 255. Explicit changes are counted by bucket: see `Fence`. */
  readonly bucket: number;
}

/**
 * What a partition was like when somebody looked. A write that brings an older one is refused, so a
 * value computed before a clear, a delete or a set never lands on top of it.
 */
export interface Fence {
  /** 22 characters of base64url, random: a new one for each life of a partition. */
  readonly generation: string;
  /** How many explicit changes the slot's bucket had seen, in decimal. */
  readonly epoch: string;
}

export interface Reading {
  /** Null where the partition has no generation: never used, cleared, expired or pushed out. */
  readonly fence: Fence | null;
  /** The bytes as they were written, a copy; null where there are none. */
  readonly record: Buffer | null;
}

export interface EntryWrite {
  readonly fence: Fence;
  readonly record: Buffer;
  /** Milliseconds after which nobody reads the record any more. */
  readonly life: number;
  /** Whether computations under way for this bucket are to be refused from now on. */
  readonly explicit: boolean;
  readonly maxEntriesPerTenant: number;
  readonly maxBytesPerTenant: number;
}

/**
 * - `written`
 * - `fenced`: the fence is not the partition's any more
 * - `full`: no room was made; only a backend that bounds its work for one write says so
 */
export type WriteOutcome = "written" | "fenced" | "full";

/**
 * Where entries are kept. It knows no scope and believes nobody: `createCache` says whose partition
 * it is, and checks what comes back. Every method answers in bounded time.
 * @throws {TenantryError} `CACHE_UNAVAILABLE`, from every method
 */
export interface CacheBackend {
  read(partition: Partition, slot: Slot): Promise<Reading>;
  /** The fence, after making a generation where there was none. */
  open(partition: Partition, slot: Slot): Promise<Fence>;
  write(partition: Partition, slot: Slot, entry: EntryWrite): Promise<WriteOutcome>;
  /** Whether there was something. Counts as an explicit change in any case. */
  remove(partition: Partition, slot: Slot): Promise<boolean>;
  /** Ends the generation, in O(1). */
  clear(partition: Partition): Promise<void>;
}
