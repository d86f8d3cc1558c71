import { createHash } from "node:crypto";
import type { TenantScope } from "../core/scope.js";
import { isTenantId } from "../core/tenant.js";
import type { Partition, Slot } from "./contract.js";
import { entryInvalid } from "./problems.js";

/** Longest key, in UTF-16 code units. */
export const longestKey = 1024;

/** Where an entry is, for the tenant of one scope. */
export interface Place extends Slot {
  readonly scope: TenantScope;
  readonly partition: Partition;
}

/**
 * The field is SHA-256 over tenant, cache and key as a JSON array: JSON quotes every delimiter and
 * escapes lone surrogates, which UTF-8 would make all the same, so no two of them share a text.
 * @throws {TenantryError} `CACHE_ENTRY_INVALID`
 */
export function placeOf(scope: TenantScope, cache: string, key: unknown): Place {
  const partition = partitionOf(scope, cache);
  if (typeof key !== "string" || key.length < 1 || key.length > longestKey) {
    throw entryInvalid(
      `A key of the cache "${cache}" is ${typeof key === "string" ? `${key.length} characters long` : `of type ${typeof key}`}.`,
      `Pass a string of 1 to ${longestKey} characters; JSON.stringify([…]) makes one of several parts.`,
    );
  }
  const digest = createHash("sha256")
    .update(JSON.stringify([partition.tenantId, cache, key]))
    .digest();
  return { scope, partition, field: digest.toString("base64url"), bucket: digest[0]! };
}

/** @throws {TenantryError} `CACHE_ENTRY_INVALID` for a tenant that no registry of Tenantry's has */
export function partitionOf(scope: TenantScope, cache: string): Partition {
  const tenantId = scope.tenant.id;
  if (isTenantId(tenantId)) return { tenantId, cache };
  throw entryInvalid(
    `The active tenant's id is no canonical uuid, so the cache "${cache}" cannot keep its entries apart.`,
    "Give tenants lower-case, hyphenated uuids in your registry.",
  );
}
