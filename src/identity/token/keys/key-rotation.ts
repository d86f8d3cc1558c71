import { newKeyRow, type KeyRow } from "./key-row.js";
import type { KeyStore } from "./key-store.js";
import type { SigningKeysSettings } from "./options.js";
import { publishedAfter } from "./schedule.js";

/** Makes keys. Times are milliseconds since the epoch. */
export interface KeyRotation {
  /** A first key, which signs at once: there is no token yet that another could have signed. */
  first(time: number): Promise<void>;
  /**
   * A key that takes over from the newest one after `publishAhead`.
   * @returns false where another process was quicker
   */
  next(newest: KeyRow, time: number): Promise<boolean>;
  /** A key that takes over at once from all others, whose tokens are good no longer. */
  instead(newest: KeyRow, time: number): Promise<boolean>;
}

export function createKeyRotation(
  store: KeyStore,
  { ring, algorithm, publishAhead }: SigningKeysSettings,
): KeyRotation {
  return {
    async first(time) {
      await store.putFirst(await newKeyRow(ring, algorithm, time));
    },
    async next(newest, time) {
      // Not before the one that it replaces, which may be one that is still to sign.
      const signsFrom = Math.max(newest.signsFrom, time + publishAhead);
      return store.replace({
        replaced: newest.kid,
        by: await newKeyRow(ring, algorithm, signsFrom),
        publishedUntil: signsFrom + publishedAfter,
        endsAll: false,
      });
    },
    async instead(newest, time) {
      return store.replace({
        replaced: newest.kid,
        by: await newKeyRow(ring, algorithm, time),
        publishedUntil: time,
        endsAll: true,
      });
    },
  };
}
