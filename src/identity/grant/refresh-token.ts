import { createHmac, timingSafeEqual } from "node:crypto";
import type { KeyRing, SealKey } from "../../core/seal/key-ring.js";
import { bytesOfUuid } from "../../core/uuid.js";
import { generationBytes, writeRefreshToken, type RefreshTokenParts } from "./token-text.js";

/** Which token of which grant. */
export type RefreshTokenPlace = Omit<RefreshTokenParts, "mac">;

/** Nothing else that is ever under this key begins so. */
const label = Buffer.from("tenantry refresh token v1\0");

/**
 * The refresh token of one generation. It is stored nowhere: the seed is in the grant's row, the key
 * comes from the secret, and neither alone makes one.
 * @param seed 32 bytes
 */
export function makeRefreshToken(ring: KeyRing, seed: Buffer, place: RefreshTokenPlace): string {
  return writeRefreshToken({ ...place, mac: macOf(ring.current, seed, place) });
}

/** Whether the grant with this seed made the token, under any live secret. Takes the same time for any MAC. */
export function isGenuine(ring: KeyRing, seed: Buffer, token: RefreshTokenParts): boolean {
  let genuine = false;
  for (const key of ring.all) {
    if (timingSafeEqual(macOf(key, seed, token), token.mac)) genuine = true;
  }
  return genuine;
}

/** Every field has a fixed width, so no two places give the same bytes. */
function macOf(key: SealKey, seed: Buffer, place: RefreshTokenPlace): Buffer {
  return createHmac("sha256", key.material.refresh)
    .update(label)
    .update(seed)
    .update(bytesOfUuid(place.tenantId))
    .update(bytesOfUuid(place.grantId))
    .update(generationBytes(place.generation))
    .digest();
}
