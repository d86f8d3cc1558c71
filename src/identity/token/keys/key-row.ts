import { calculateJwkThumbprint, exportJWK, generateKeyPair, type JWK } from "jose";
import type { KeyRing } from "../../../core/seal/key-ring.js";
import type { SigningAlgorithm } from "./contract.js";
import { sealPrivateKey } from "./sealed-private-key.js";

/** A row of tenantry.signing_key. Times are milliseconds since the epoch; null is "no end yet". */
export interface KeyRow {
  readonly kid: string;
  readonly algorithm: SigningAlgorithm;
  readonly publicJwk: JWK;
  readonly sealedPrivateKey: Buffer;
  readonly signsFrom: number;
  readonly signsUntil: number | null;
  readonly publishedUntil: number | null;
}

/** A new key pair, its private half sealed. It has no end. */
export async function newKeyRow(
  ring: KeyRing,
  algorithm: SigningAlgorithm,
  signsFrom: number,
): Promise<KeyRow> {
  const pair = await generateKeyPair(algorithm, { extractable: true });
  const [bareJwk, privateJwk] = await Promise.all([
    exportJWK(pair.publicKey),
    exportJWK(pair.privateKey),
  ]);
  const kid = await calculateJwkThumbprint(bareJwk, "sha256");
  return {
    kid,
    algorithm,
    publicJwk: { ...bareJwk, kid, alg: algorithm, use: "sig" },
    sealedPrivateKey: sealPrivateKey(ring, kid, privateJwk),
    signsFrom,
    signsUntil: null,
    publishedUntil: null,
  };
}
