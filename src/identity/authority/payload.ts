import {
  announcementSignature,
  isAnnouncementGenuine,
  type AnnouncementKind,
} from "../../core/seal/announcement.js";
import type { KeyRing } from "../../core/seal/key-ring.js";
import { isUuid } from "../../core/uuid.js";
import type { AuthorityChange, AuthorityDoubt } from "./contract.js";

/** The channel on which migrations/000006_identity.sql announces what makes tokens stale. */
export const authorityChannel = "tenantry_authority";

const signature = "(?::([0-9a-f]{8}):([0-9a-f]{64}))?";
const versionPattern = new RegExp(`^(([^:]{36}):([^:]{36}|\\*):([1-9][0-9]{0,15}))${signature}$`);
const deniedPattern = new RegExp(`^denied:(([^:]{36}):([^:]{36}):([1-9][0-9]{0,11}))${signature}$`);

/** What was announced. Any session may send on the channel, so only a good MAC makes it a change. */
export type AuthorityAnnouncement =
  | { readonly proven: true; readonly change: AuthorityChange }
  /** Null where it could not be read at all. */
  | { readonly proven: false; readonly doubt: AuthorityDoubt | null };

/**
 * Reads `<tenant id>:<account id or *>:<version>:<key id>:<mac>`, and
 * `denied:<tenant id>:<token id>:<seconds since the epoch>:<key id>:<mac>`.
 */
export function readAuthorityPayload(payload: string, keys: KeyRing): AuthorityAnnouncement {
  const isDenial = payload.startsWith("denied:");
  const parts = (isDenial ? deniedPattern : versionPattern).exec(payload);
  const change = parts && (isDenial ? denialOf(parts) : versionOf(parts));
  if (!change) return { proven: false, doubt: null };
  if (isProven(parts, keys, isDenial ? "denied" : "authority")) return { proven: true, change };
  return { proven: false, doubt: change };
}

function versionOf([, , tenantId, accountId, digits]: RegExpExecArray): AuthorityChange | null {
  const version = Number(digits);
  if (!isUuid(tenantId) || !Number.isSafeInteger(version)) return null;
  if (accountId === "*") return { kind: "version", tenantId, accountId: null, version };
  return isUuid(accountId) ? { kind: "version", tenantId, accountId, version } : null;
}

function denialOf([, , tenantId, tokenId, digits]: RegExpExecArray): AuthorityChange | null {
  if (!isUuid(tenantId) || !isUuid(tokenId)) return null;
  return { kind: "denied", tenantId, tokenId, expiresAt: Number(digits) * 1000 };
}

function isProven(parts: RegExpExecArray, keys: KeyRing, kind: AnnouncementKind): boolean {
  const [, text, , , , keyId, mac] = parts;
  if (text === undefined || keyId === undefined || mac === undefined) return false;
  return isAnnouncementGenuine(keys, text, keyId, mac, kind);
}

/** The same as the database announces. */
export function writeAuthorityPayload(change: AuthorityChange, keys: KeyRing): string {
  if (change.kind === "denied") {
    const text = `${change.tenantId}:${change.tokenId}:${Math.ceil(change.expiresAt / 1000)}`;
    return `denied:${text}${announcementSignature(keys, text, "denied")}`;
  }
  const text = `${change.tenantId}:${change.accountId ?? "*"}:${change.version}`;
  return text + announcementSignature(keys, text, "authority");
}
