import { isAnnouncementGenuine } from "../../core/seal/announcement.js";
import type { KeyRing } from "../../core/seal/key-ring.js";
import { isTenantId } from "../../core/tenant.js";
import type { RegistryChange } from "./contract.js";

/** The channel on which migrations/000002_registry.sql announces changes. */
export const registryChannel = "tenantry_registry";

const payloadPattern = /^(([^:]{36}):([1-9][0-9]{0,15}))(?::([0-9a-f]{8}):([0-9a-f]{64}))?$/;

/** What was announced. Any session may send on the channel, so only a good MAC makes it a change. */
export type Announcement =
  | { readonly proven: true; readonly change: RegistryChange }
  /** Null where no tenant could be read. */
  | { readonly proven: false; readonly tenantId: string | null };

/** Reads `<tenant id>:<version>:<key id>:<mac>`. */
export function readPayload(payload: string, keys: KeyRing): Announcement {
  const [, text, tenantId, digits, keyId, mac] = payloadPattern.exec(payload) ?? [];
  const version = Number(digits);
  if (text === undefined || !isTenantId(tenantId) || !Number.isSafeInteger(version)) {
    return { proven: false, tenantId: null };
  }
  const proven =
    keyId !== undefined && mac !== undefined && isAnnouncementGenuine(keys, text, keyId, mac);
  return proven ? { proven, change: { tenantId, version } } : { proven, tenantId };
}
