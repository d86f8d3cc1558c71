import { createHash } from "node:crypto";
import { isTenantId } from "../core/tenant.js";
import { TenantryError } from "../core/tenantry-error.js";

/**
 * How many values the tenant may have on a metric. Each value is a series that is kept and paid for as
 * long as the process lives.
 *
 * - `first`: the first `size` tenants that are seen by their id, all others as `other`. Not the
 *   busiest: those change, and a label that moves from one to another leaves its old series behind.
 * - `allow`: the listed tenants by their id, all others as `other`.
 * - `buckets`: `tenant.bucket` in place of the id, one of `count`; a tenant always has the same one.
 * - `none`: nothing of the tenant.
 */
export type Cardinality =
  | { readonly kind: "first"; readonly size: number }
  | { readonly kind: "allow"; readonly tenants: readonly string[] }
  | { readonly kind: "buckets"; readonly count: number }
  | { readonly kind: "none" };

/** Attributes of a metric that tell the tenant; nothing else sets them. */
export const metricTenantNames = ["tenant.id", "tenant.bucket"] as const;

export type TenantLabel = (tenantId: string) => Readonly<Record<string, string>>;

const most = 10_000;

/** @throws {TenantryError} `CONFIG_INVALID` */
export function tenantLabel(cardinality: Cardinality): TenantLabel {
  switch (cardinality?.kind) {
    case "first":
      return first(checkCount("size", cardinality.size));
    case "allow":
      return among(checkTenants(cardinality.tenants));
    case "buckets":
      return bucket(checkCount("count", cardinality.count));
    case "none":
      return () => ({});
    default:
      throw invalid("`cardinality` is of no kind that there is.");
  }
}

const other = { "tenant.id": "other" };

function first(size: number): TenantLabel {
  const seen = new Set<string>();
  return (id) => {
    if (seen.size < size) seen.add(id);
    return seen.has(id) ? { "tenant.id": id } : other;
  };
}

function among(tenants: ReadonlySet<string>): TenantLabel {
  return (id) => (tenants.has(id) ? { "tenant.id": id } : other);
}

/** Hashed, because ids of version 7 that were made together begin alike. */
function bucket(count: number): TenantLabel {
  return (id) => {
    const number = createHash("sha256").update(id).digest().readUInt32BE(0) % count;
    return { "tenant.bucket": String(number) };
  };
}

function checkCount(what: string, value: unknown): number {
  if (Number.isInteger(value) && (value as number) >= 1 && (value as number) <= most) {
    return value as number;
  }
  throw invalid(`\`${what}\` of \`cardinality\` is ${String(value)}.`);
}

function checkTenants(tenants: unknown): ReadonlySet<string> {
  if (Array.isArray(tenants) && tenants.length <= most && tenants.every(isTenantId)) {
    return new Set<string>(tenants);
  }
  throw invalid("`tenants` of `cardinality` is no list of tenants' ids, or too long.");
}

function invalid(message: string): TenantryError {
  return new TenantryError("CONFIG_INVALID", {
    message,
    fix: `Pass { kind: "first", size }, { kind: "allow", tenants: [ids] }, { kind: "buckets", count } or { kind: "none" }, with ${most} at most.`,
  });
}
