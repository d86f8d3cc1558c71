import { createHmac, timingSafeEqual } from "node:crypto";
import { isTenantId } from "../tenant.js";
import { TenantryError } from "../tenantry-error.js";
import type { KeyRing, SealKey } from "./key-ring.js";
import type { SealPurpose } from "./purpose.js";

/** In place of a tenant where a seal is for no single one (operator, registry). */
export const noTenant = "00000000-0000-0000-0000-000000000000";

/** Longest seal that is looked at, in characters. A database seal has 125. */
export const longestSeal = 2048;

export type SealClaims = Readonly<Record<string, string>>;

export interface SealContents {
  readonly tenantId: string;
  /** Seconds since the epoch. */
  readonly expiresAt: number;
  readonly claims: SealClaims;
}

/**
 * Seals a tenant for one purpose. One spelling of every seal, all fields before the claims of
 * fixed width so that PL/pgSQL can read them by position (migrations/000003):
 *
 *     t1.<key id: 8 hex>.<expiry: 10 digits>.<tenant: uuid>.<claims: base64url JSON or empty>.<mac: 64 hex>
 *
 * The MAC is HMAC-SHA256 over everything before its dot.
 */
export function makeSeal(ring: KeyRing, purpose: SealPurpose, contents: SealContents): string {
  const { tenantId, expiresAt, claims } = contents;
  if (!isTenantId(tenantId) || !Number.isInteger(expiresAt) || String(expiresAt).length !== 10) {
    throw new TenantryError("CONFIG_INVALID", {
      message: "A seal needs a canonical tenant id and an expiry in whole seconds.",
      fix: "Pass a tenant of the registry and an expiry between 2001 and 2286.",
    });
  }
  const key = ring.current;
  const body = `t1.${key.id}.${expiresAt}.${tenantId}.${encodeClaims(claims)}`;
  return `${body}.${mac(key, purpose, body).toString("hex")}`;
}

const sealPattern =
  /^(t1\.([0-9a-f]{8})\.([0-9]{10})\.([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\.([A-Za-z0-9_-]*))\.([0-9a-f]{64})$/;

/**
 * Opens a seal that was made for `purpose`.
 * @param now milliseconds since the epoch
 * @throws {TenantryError} `SEAL_INVALID`, `SEAL_EXPIRED`
 */
export function openSeal(
  ring: KeyRing,
  purpose: SealPurpose,
  seal: string,
  now: number = Date.now(),
): SealContents {
  const parts = seal.length <= longestSeal ? sealPattern.exec(seal) : null;
  if (parts === null) throw invalid("it is not written as a seal");
  const [, body, keyId, expiry, tenantId, claims, givenMac] = parts as unknown as string[];
  const key = ring.all.find((candidate) => candidate.id === keyId);
  if (key === undefined) throw invalid("it was made with a key that is not live here");
  if (!timingSafeEqual(mac(key, purpose, body!), Buffer.from(givenMac!, "hex"))) {
    throw invalid(`its MAC does not fit the purpose "${purpose}"`);
  }
  const expiresAt = Number(expiry);
  if (now >= expiresAt * 1000) {
    throw new TenantryError("SEAL_EXPIRED", {
      message: `A seal for "${purpose}" expired ${Math.ceil(now / 1000 - expiresAt)} s ago.`,
      fix: "Seal again; if it was fresh, compare the clocks of the two machines.",
    });
  }
  return { tenantId: tenantId!, expiresAt, claims: decodeClaims(claims!) };
}

function mac(key: SealKey, purpose: SealPurpose, body: string): Buffer {
  return createHmac("sha256", key.material[purpose]).update(body).digest();
}

function encodeClaims(claims: SealClaims): string {
  if (Object.keys(claims).length === 0) return "";
  return Buffer.from(JSON.stringify(claims)).toString("base64url");
}

/** Runs only after the MAC was found good, so a failure here is our own mistake. */
function decodeClaims(text: string): SealClaims {
  if (text === "") return Object.freeze({});
  return Object.freeze(JSON.parse(Buffer.from(text, "base64url").toString()) as SealClaims);
}

function invalid(why: string): TenantryError {
  return new TenantryError("SEAL_INVALID", {
    message: `A seal was refused: ${why}.`,
    fix: "Make it with the same TENANTRY_SECRET and purpose; while rotating, keep both secrets live on both sides.",
  });
}
