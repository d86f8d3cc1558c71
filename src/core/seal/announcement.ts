import { createHmac, timingSafeEqual } from "node:crypto";
import type { KeyRing } from "./key-ring.js";

/**
 * What an announcement is of. It stands before the text under the MAC, so that no announcement passes
 * for one of another kind: `notify` is the registry's, `authority` a membership's or a tenant's
 * version, `denied` a single token.
 */
export type AnnouncementKind = "notify" | "authority" | "denied";

/**
 * Whether `mac` is that of an announcement of the database: HMAC-SHA256 over `<kind>:<text>` by its
 * registry key (tenantry.announce() in migrations/000002). No seal begins so, so neither passes for the other.
 * @param mac lower-case hex
 */
export function isAnnouncementGenuine(
  ring: KeyRing,
  text: string,
  keyId: string,
  mac: string,
  kind: AnnouncementKind = "notify",
): boolean {
  const key = ring.all.find((candidate) => candidate.id === keyId);
  if (key === undefined) return false;
  const expected = createHmac("sha256", key.material.registry).update(`${kind}:${text}`).digest();
  const given = Buffer.from(mac, "hex");
  return given.length === expected.length && timingSafeEqual(given, expected);
}

/**
 * `:<key id>:<mac>`, as the database would put it behind the text. By the oldest key, as there: the one
 * that all processes have when a new secret begins to replace it.
 */
export function announcementSignature(ring: KeyRing, text: string, kind: AnnouncementKind): string {
  const { id, material } = ring.all.at(-1) ?? ring.current;
  const mac = createHmac("sha256", material.registry).update(`${kind}:${text}`).digest("hex");
  return `:${id}:${mac}`;
}
