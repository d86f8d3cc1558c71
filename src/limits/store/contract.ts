import type { LimitKey } from "../key.js";

/** A counter after it was added to. */
export interface Count {
  /** What was taken in the present window, this time included. */
  readonly taken: number;
  /** Milliseconds until the window ends. */
  readonly resetIn: number;
}

/** Counts in fixed windows: a counter's window begins with its first use. */
export interface RateStore {
  /**
   * Adds `cost` in one atomic step; a negative one gives back, and may leave less than 0. Rejects where
   * the store cannot be asked.
   */
  add(key: LimitKey, cost: number): Promise<Count>;
}

export interface StoreSettings {
  /** Begins every key of the limit. */
  readonly prefix: string;
  /** Seconds that a window lasts. */
  readonly duration: number;
}

/** Where a rate limit counts: `inMemory()`, `onRedis(client)` or `onPostgres(pool)`. */
export interface RateBackend {
  /** Whether it can fail, so that it is asked under a time limit. */
  readonly remote: boolean;
  open(settings: StoreSettings): RateStore;
}
