import { isTenantryError } from "../../../core/tenantry-error.js";
import type { KeyRotation } from "./key-rotation.js";
import type { KeyRow } from "./key-row.js";
import type { KeyStore } from "./key-store.js";
import { ownKeysUnavailable } from "./keys-unavailable.js";
import type { SigningKeysSettings } from "./options.js";
import { isGoneAt, newestOf, publishedAt } from "./schedule.js";
import { isSealedByOldSecret, openPrivateKey, sealPrivateKey } from "./sealed-private-key.js";

export interface KeyReader {
  /**
   * The published keys, no older than `refreshEvery`; one of them is the newest. What is due is done
   * on the way: the first key, the next one, a retired one's end, a seal of the old secret's.
   * @throws {TenantryError} `TOKEN_KEYS_UNAVAILABLE`
   */
  rows(): Promise<readonly KeyRow[]>;
  /** The next call reads anew. */
  forget(): void;
}

export function createKeyReader(
  store: KeyStore,
  rotation: KeyRotation,
  { ring, rotateEvery, refreshEvery, now }: SigningKeysSettings,
): KeyReader {
  let loaded: { readonly at: number; readonly rows: Promise<readonly KeyRow[]> } | null = null;

  async function readWithNewest(time: number): Promise<readonly KeyRow[]> {
    let rows = await store.read();
    if (newestOf(rows) === undefined) {
      await rotation.first(time);
      rows = await store.read();
    }
    const newest = newestOf(rows);
    if (newest === undefined) throw ownKeysUnavailable("the first one was not kept");
    if (time - newest.signsFrom < rotateEvery) return rows;
    await rotation.next(newest, time);
    return store.read();
  }

  async function resealOld(rows: readonly KeyRow[]): Promise<void> {
    for (const row of rows) {
      const { kid, sealedPrivateKey } = row;
      if (!isSealedByOldSecret(ring, sealedPrivateKey)) continue;
      const privateJwk = openPrivateKey(ring, kid, sealedPrivateKey);
      await store.reseal(row, sealPrivateKey(ring, kid, privateJwk));
    }
  }

  async function load(time: number): Promise<readonly KeyRow[]> {
    try {
      const rows = await readWithNewest(time);
      if (rows.some((row) => isGoneAt(row, time))) await store.removeGone(time);
      await resealOld(rows);
      return publishedAt(rows, time);
    } catch (error) {
      loaded = null;
      if (isTenantryError(error)) throw error;
      throw ownKeysUnavailable("the database failed", { cause: error });
    }
  }

  return {
    /** Concurrent callers share one reading. A clock that was put back makes for a new one. */
    rows() {
      const time = now();
      if (loaded === null || time < loaded.at || time - loaded.at >= refreshEvery) {
        loaded = { at: time, rows: load(time) };
      }
      return loaded.rows;
    },
    forget() {
      loaded = null;
    },
  };
}
