import { randomBytes } from "node:crypto";
import { createKeyRing } from "../../core/seal/key-ring.js";
import { makeSeal } from "../../core/seal/seal.js";
import { isTenantId } from "../../core/tenant.js";
import { sealPads } from "../../database/seal-keys.js";
import { literal } from "../catalog/names.js";
import { garbage } from "./acting.js";

export interface TemporarySeals {
  /** Installs the key, as the owner of tenantry.seal_key. */
  readonly install: string;
  readonly seal: (tenant: string) => string;
}

/**
 * A key that lives in the prover's transaction only, so that no secret of the application's is needed,
 * and seals made with it.
 */
export function temporarySeals(): TemporarySeals {
  const ring = createKeyRing(randomBytes(32).toString("hex"));
  const { inner, outer } = sealPads(ring.current).database;
  return {
    install: `insert into tenantry.seal_key (id, purpose, inner_pad, outer_pad)
      values (${literal(ring.current.id)}, 'database', pg_catalog.decode('${inner}', 'hex'), pg_catalog.decode('${outer}', 'hex'))`,
    seal(tenant) {
      // What the sealed scope cannot name is nobody's.
      if (!isTenantId(tenant)) return garbage;
      const expiresAt = Math.floor(Date.now() / 1000) + 3600;
      return makeSeal(ring, "database", { tenantId: tenant, expiresAt, claims: {} });
    },
  };
}
