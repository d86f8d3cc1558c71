import { isTenantId } from "../../core/tenant.js";
import type { RegistryChange } from "./contract.js";

/** The channel on which migrations/000002_registry.sql announces changes. */
export const registryChannel = "tenantry_registry";

const payloadPattern = /^([^:]{36}):([1-9][0-9]{0,15})$/;

/**
 * Reads `<tenant id>:<version>`; null for anything else. Any session may send on the channel, so
 * what is read here may only ever cause a fresh look, never an answer.
 */
export function parseChange(payload: string): RegistryChange | null {
  const [, tenantId, digits] = payloadPattern.exec(payload) ?? [];
  const version = Number(digits);
  return isTenantId(tenantId) && Number.isSafeInteger(version) ? { tenantId, version } : null;
}
