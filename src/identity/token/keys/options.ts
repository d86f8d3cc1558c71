import { checkWhole } from "../../../core/check-whole.js";
import type { KeyRing } from "../../../core/seal/key-ring.js";
import { configInvalid } from "../../../resolver/refusal.js";
import { signingAlgorithms, type SigningAlgorithm } from "./contract.js";
import type { KeyDatabase } from "./key-store.js";

const day = 86_400;

export interface SigningKeysOptions {
  /** A pool that logs in as tenantry_identity. */
  readonly database: KeyDatabase;
  /** Of the application's secret, or of `[new, old]`: either opens, the new one seals. */
  readonly ring: KeyRing;
  /** Of the keys that are made from now on. Default `"EdDSA"`. */
  readonly algorithm?: SigningAlgorithm;
  /** How old the newest key gets, in seconds, 1 to 730 days. Default 90 days. */
  readonly rotateEvery?: number;
  /**
   * How long a new key is published before it signs, in seconds, 60 to 86,400. Default 900: longer
   * than fromAccessToken keeps a key set that it fetched.
   */
  readonly publishAhead?: number;
  /**
   * How long the keys that were read are used, in seconds, 1 to 60. Default 30: so much later a
   * change by another process is noticed.
   */
  readonly refreshEvery?: number;
  /** Milliseconds since the epoch. */
  readonly now?: () => number;
}

/** The options with their defaults, and all times in milliseconds. */
export type SigningKeysSettings = Required<SigningKeysOptions>;

/** @throws {TenantryError} `CONFIG_INVALID` */
export function signingKeysSettings(options: SigningKeysOptions): SigningKeysSettings {
  const { algorithm = "EdDSA", rotateEvery = 90 * day, publishAhead = 900 } = options;
  const { refreshEvery = 30, now = Date.now } = options;
  if (!signingAlgorithms.includes(algorithm)) {
    throw configInvalid(
      `\`algorithm\` of the signing keys is ${JSON.stringify(algorithm)}.`,
      `Pass one of ${signingAlgorithms.join(", ")}.`,
    );
  }
  const seconds = (option: string, value: number, least: number, most: number) =>
    checkWhole(`\`${option}\` of the signing keys`, value, least, most) * 1000;
  return {
    database: options.database,
    ring: options.ring,
    algorithm,
    rotateEvery: seconds("rotateEvery", rotateEvery, day, 730 * day),
    publishAhead: seconds("publishAhead", publishAhead, 60, day),
    refreshEvery: seconds("refreshEvery", refreshEvery, 1, 60),
    now,
  };
}
