import { hkdfSync } from "node:crypto";
import { TenantryError } from "../tenantry-error.js";
import { sealPurposes, type SealPurpose } from "./purpose.js";

/** The least length of a secret, in bytes: that of the MAC (RFC 2104 §3). */
export const leastSecretBytes = 32;

export interface SealKey {
  /** 8 hex digits, derived from the secret: the same secret has the same id everywhere. */
  readonly id: string;
  readonly material: Readonly<Record<SealPurpose, Buffer>>;
}

/** One key seals, all open. Two at most: while a secret is being replaced. */
export interface KeyRing {
  readonly current: SealKey;
  readonly all: readonly SealKey[];
}

/**
 * Derives the keys of every purpose from one secret, or from two while rotating: `[new, old]`.
 * @throws {TenantryError} `SECRET_WEAK`, `CONFIG_INVALID`
 */
export function createKeyRing(secret: string | readonly string[]): KeyRing {
  const secrets = typeof secret === "string" ? [secret] : secret;
  if (!Array.isArray(secrets) || secrets.length < 1 || secrets.length > 2) {
    throw new TenantryError("CONFIG_INVALID", {
      message: "`secret` must be one secret, or two while one replaces the other.",
      fix: "Pass secret: process.env.TENANTRY_SECRET, or [new, old] during a rotation.",
    });
  }
  const all = secrets.map(deriveKey);
  if (all.length === 2 && all[0]!.id === all[1]!.id) {
    throw new TenantryError("CONFIG_INVALID", {
      message: "The two secrets are the same.",
      fix: "Pass the new secret first and the old one second.",
    });
  }
  return Object.freeze({ current: all[0]!, all: Object.freeze(all) });
}

function deriveKey(secret: unknown): SealKey {
  if (typeof secret !== "string" || Buffer.byteLength(secret) < leastSecretBytes) {
    throw new TenantryError("SECRET_WEAK", {
      message: `The secret is ${typeof secret === "string" ? "shorter than 32 bytes" : "missing"}.`,
      fix: "Set TENANTRY_SECRET to the output of `openssl rand -hex 32`.",
    });
  }
  const derive = (info: string, length: number) =>
    Buffer.from(hkdfSync("sha256", secret, "tenantry", info, length));
  const material = Object.fromEntries(
    sealPurposes.map((purpose) => [purpose, derive(`tenantry/seal/v1/${purpose}`, 32)]),
  ) as Record<SealPurpose, Buffer>;
  return Object.freeze({ id: derive("tenantry/seal/v1/key-id", 4).toString("hex"), material });
}
