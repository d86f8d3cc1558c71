import { createHmac, timingSafeEqual } from "node:crypto";
import type { KeyRing } from "./key-ring.js";

/**
 * Whether `mac` is that of an announcement of the registry: HMAC-SHA256 over `notify:<text>` by its
 * registry key (tenantry.announce_tenant() in migrations/000002). No seal begins with `notify:`, so
 * neither passes for the other.
 * @param mac lower-case hex
 */
export function isAnnouncementGenuine(
  ring: KeyRing,
  text: string,
  keyId: string,
  mac: string,
): boolean {
  const key = ring.all.find((candidate) => candidate.id === keyId);
  if (key === undefined) return false;
  const expected = createHmac("sha256", key.material.registry).update(`notify:${text}`).digest();
  const given = Buffer.from(mac, "hex");
  return given.length === expected.length && timingSafeEqual(given, expected);
}
