import { createHmac, timingSafeEqual } from "node:crypto";
import type { KeyRing, SealKey } from "../core/seal/key-ring.js";
import type { Place } from "./place.js";

export interface Envelope {
  /** Milliseconds since the epoch: fresh before, stale from then on. */
  readonly freshUntil: number;
  /** Milliseconds since the epoch: gone from then on. */
  readonly expiresAt: number;
  readonly payload: Buffer;
}

/** Why a record is not its reader's. */
export type Misfit =
  "malformed" | "tenant" | "place" | "generation" | "seal-missing" | "seal-key" | "seal-forged";

export type Opened =
  | { readonly kind: "fits"; readonly envelope: Envelope }
  | { readonly kind: "misfit"; readonly why: Misfit };

const noKey = "--------";
const macLength = 32;
const header =
  /^c1\.([0-9a-f]{8}|-{8})\.([0-9a-f-]{36})\.([A-Za-z0-9_-]{22})\.([A-Za-z0-9_-]{43})\.(\d{13})\.(\d{13})\.$/;
/** Characters of a header: all its fields are of fixed width. */
const headerLength = 3 + 9 + 37 + 23 + 44 + 14 + 14;

/**
 * A value with all that says whose it is:
 *
 *     c1.<key id or -->.<tenant>.<generation>.<place>.<fresh until>.<expires at>.<mac><payload>
 *
 * The place is the digest of tenant, cache and key. With keys, the MAC is HMAC-SHA256 over header
 * and payload by the key for the purpose `cache`; without, there is none.
 */
export function sealEnvelope(
  keys: KeyRing | null,
  place: Place,
  generation: string,
  { freshUntil, expiresAt, payload }: Envelope,
): Buffer {
  const key = keys?.current ?? null;
  const head = Buffer.from(
    `c1.${key?.id ?? noKey}.${place.partition.tenantId}.${generation}.${place.field}.${digits(freshUntil)}.${digits(expiresAt)}.`,
    "latin1",
  );
  if (key === null) return Buffer.concat([head, payload]);
  return Buffer.concat([head, mac(key, head, payload), payload]);
}

/** Opens a record for the one place, in the one generation, that its reader asked for. */
export function openEnvelope(
  keys: KeyRing | null,
  place: Place,
  generation: string,
  record: Buffer,
): Opened {
  const head = record.subarray(0, headerLength);
  const fields = header.exec(head.toString("latin1"));
  if (fields === null) return misfit("malformed");
  const [, keyId, tenantId, itsGeneration, field, freshUntil, expiresAt] =
    fields as unknown as string[];
  if (tenantId !== place.partition.tenantId) return misfit("tenant");
  if (field !== place.field) return misfit("place");
  if (itsGeneration !== generation) return misfit("generation");
  const opened = openPayload(keys, keyId!, head, record.subarray(headerLength));
  if (typeof opened === "string") return misfit(opened);
  return {
    kind: "fits",
    envelope: {
      freshUntil: Number(freshUntil),
      expiresAt: Number(expiresAt),
      payload: opened,
    },
  };
}

function openPayload(
  keys: KeyRing | null,
  keyId: string,
  head: Buffer,
  rest: Buffer,
): Buffer | Misfit {
  if (keys === null) return keyId === noKey ? rest : "seal-key";
  if (keyId === noKey) return "seal-missing";
  const key = keys.all.find(({ id }) => id === keyId);
  if (key === undefined) return "seal-key";
  const payload = rest.subarray(macLength);
  const given = rest.subarray(0, macLength);
  const genuine = given.length === macLength && timingSafeEqual(given, mac(key, head, payload));
  return genuine ? payload : "seal-forged";
}

function mac(key: SealKey, head: Buffer, payload: Buffer): Buffer {
  return createHmac("sha256", key.material.cache).update(head).update(payload).digest();
}

const digits = (time: number): string => String(Math.floor(time)).padStart(13, "0");

const misfit = (why: Misfit): Opened => ({ kind: "misfit", why });
