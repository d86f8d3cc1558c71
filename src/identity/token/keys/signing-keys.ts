import { importJWK, type CryptoKey, type JSONWebKeySet } from "jose";
import type { KeyRing } from "../../../core/seal/key-ring.js";
import { isTenantryError } from "../../../core/tenantry-error.js";
import type { SigningKey, SigningKeys } from "./contract.js";
import { createKeyReader } from "./key-reader.js";
import { createKeyRotation } from "./key-rotation.js";
import type { KeyRow } from "./key-row.js";
import { createKeyStore } from "./key-store.js";
import { ownKeysUnavailable } from "./keys-unavailable.js";
import { signingKeysSettings, type SigningKeysOptions } from "./options.js";
import { newestOf, publishedAt, signingAt } from "./schedule.js";
import { openPrivateKey } from "./sealed-private-key.js";

export interface RotatingSigningKeys extends SigningKeys {
  /**
   * Makes a new key: published at once, it signs after `publishAhead`. Where another process does the
   * same at the same time, one new key comes of it.
   *
   * `withdrawOld` is for when a key was stolen: the new key signs at once, and no token of any other
   * is good any longer; in other processes after their `refreshEvery`, and until then they refuse the
   * new key's tokens. Default false.
   * @throws {TenantryError} `TOKEN_KEYS_UNAVAILABLE`
   */
  readonly rotateSigningKeys: (options?: { readonly withdrawOld?: boolean }) => Promise<void>;
}

const mostAttempts = 3;

/**
 * The keys of our own access tokens, kept in tenantry.signing_key. The first is made when one is first
 * asked for, and the next when the newest is older than `rotateEvery`.
 * @throws {TenantryError} `CONFIG_INVALID`
 */
export function createSigningKeys(options: SigningKeysOptions): RotatingSigningKeys {
  const settings = signingKeysSettings(options);
  const store = createKeyStore(settings.database);
  const rotation = createKeyRotation(store, settings);
  const reader = createKeyReader(store, rotation, settings);
  let opened: { readonly kid: string; readonly privateKey: CryptoKey } | null = null;
  let set: { readonly kids: string; readonly value: JSONWebKeySet } | null = null;

  async function rotate(withdrawOld: boolean): Promise<boolean> {
    reader.forget();
    const newest = newestOf(await reader.rows())!;
    const done = await rotation[withdrawOld ? "instead" : "next"](newest, settings.now());
    // Whoever was quicker rotated as well, but withdrew nothing for all we know.
    return done || !withdrawOld;
  }

  return Object.freeze<RotatingSigningKeys>({
    async current(): Promise<SigningKey> {
      const row = signingAt(await reader.rows(), settings.now());
      if (row === undefined) throw ownKeysUnavailable("none signs at this time");
      const { kid, algorithm } = row;
      if (opened?.kid !== kid) opened = { kid, privateKey: await privateKeyOf(settings.ring, row) };
      return { kid, algorithm, privateKey: opened.privateKey };
    },

    async published() {
      const rows = publishedAt(await reader.rows(), settings.now());
      const kids = rows.map(({ kid }) => kid).join(" ");
      if (set?.kids !== kids) set = { kids, value: keySetOf(rows) };
      return set.value;
    },

    async rotateSigningKeys({ withdrawOld = false } = {}) {
      try {
        for (let attempt = 1; attempt <= mostAttempts; attempt += 1) {
          if (await rotate(withdrawOld)) return;
        }
      } catch (error) {
        if (isTenantryError(error)) throw error;
        throw ownKeysUnavailable("the database failed", { cause: error });
      } finally {
        reader.forget();
      }
      throw ownKeysUnavailable("other processes rotated them at the same time, again and again");
    },
  });
}

async function privateKeyOf(ring: KeyRing, row: KeyRow): Promise<CryptoKey> {
  const jwk = openPrivateKey(ring, row.kid, row.sealedPrivateKey);
  const key = await importJWK(jwk, row.algorithm, { extractable: false });
  if (key instanceof Uint8Array) throw ownKeysUnavailable(`${row.kid} is a shared secret`);
  return key;
}

function keySetOf(rows: readonly KeyRow[]): JSONWebKeySet {
  const keys = rows.map(({ publicJwk }) => Object.freeze({ ...publicJwk }));
  return Object.freeze({ keys: Object.freeze(keys) as JSONWebKeySet["keys"] });
}
