import { createHmac, hkdfSync } from "node:crypto";
import ipaddr from "ipaddr.js";
import { leastSecretBytes } from "../../core/seal/key-ring.js";
import { TenantryError } from "../../core/tenantry-error.js";
import type { LimitKey } from "../../limits/key.js";

/** Of what a counter counts the failures. */
export type CountedBy = "account" | "address" | "tenant";

/** Names the counter of one account, address or tenant. */
export type CounterKeys = (by: CountedBy, value: string) => LimitKey;

/**
 * Counters are named by a MAC: who reads the store finds no e-mail address in it, nor whether a known
 * one was tried.
 * @throws {TenantryError} `SECRET_WEAK`
 */
export function createCounterKeys(secret: unknown): CounterKeys {
  if (typeof secret !== "string" || Buffer.byteLength(secret) < leastSecretBytes) {
    throw new TenantryError("SECRET_WEAK", {
      message: "The secret of the sign-in attempts is missing or shorter than 32 bytes.",
      fix: "Pass TENANTRY_SECRET, the output of `openssl rand -hex 32`.",
    });
  }
  const key = Buffer.from(
    hkdfSync("sha256", secret, "tenantry", "tenantry/sign-in-attempts/v1", 32),
  );
  return (by, value) => {
    const mac = createHmac("sha256", key)
      // Also where the caller has not: each spelling with a budget of its own would be no limit.
      .update(JSON.stringify([by, value.trim().toLowerCase()]))
      .digest("hex");
    // Counters of sign-ins are no tenant's: one account may be a member of many. Sixteen groups spread
    // them over a Redis Cluster, and bound what memory takes in each.
    return { tenantId: `sign-in-${mac[0]}`, part: mac };
  };
}

/** Accounts for what the network does not say: all such sign-ins share one counter. */
const unknownAddress = "unknown";

/**
 * What an address counts as: IPv4 itself, also where it is written as IPv6; of IPv6 the first 64 bits,
 * which is what one subscriber has (RFC 6177 §2).
 */
export function networkOf(address: string | null): string {
  const plain = address?.replace(/%.*$/, "") ?? "";
  const known = ipaddr.IPv4.isValidFourPartDecimal(plain) || plain.includes(":");
  if (!known || !ipaddr.isValid(plain)) return unknownAddress;
  const parsed = ipaddr.process(plain);
  if (parsed instanceof ipaddr.IPv4) return parsed.toString();
  const [a, b, c, d] = parsed.parts;
  return `${[a, b, c, d].map((part) => part!.toString(16)).join(":")}::/64`;
}
