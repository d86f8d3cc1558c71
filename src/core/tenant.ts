import { isUuid } from "./uuid.js";

export const tenantStatuses = ["active", "suspended", "archived"] as const;
export type TenantStatus = (typeof tenantStatuses)[number];

/** A customer, as the registry knows it. Always frozen. */
export interface Tenant {
  /** uuid v7, lower case. */
  readonly id: string;
  /** The DNS label the tenant is reached under, unique, lower case. */
  readonly slug: string;
  readonly name: string;
  readonly status: TenantStatus;
  /** Names the pool the tenant's data lives in; `"default"` unless set. */
  readonly placement: string;
  readonly settings: Readonly<Record<string, unknown>>;
  /**
   * The registry's version of this record. Grows with every change of the tenant or its domains,
   * and is comparable between tenants: a later change anywhere has a higher version.
   */
  readonly version: number;
}

/** How a request names a tenant. `domain` matches verified domains only. */
export type TenantKey =
  | { readonly by: "id"; readonly value: string }
  | { readonly by: "slug"; readonly value: string }
  | { readonly by: "domain"; readonly value: string };

/** The slice of the registry that resolution needs. */
export interface TenantLookup {
  /**
   * The tenant of any status, or null where there is none.
   * @throws {TenantryError} `REGISTRY_UNAVAILABLE` where the answer cannot be had; never a guess.
   */
  find(key: TenantKey): Promise<Tenant | null>;
}

/** A canonical (lower-case, hyphenated) uuid of any version. */
export const isTenantId: (value: unknown) => value is string = isUuid;

const slugPattern = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

/**
 * A slug is one DNS label of ASCII letters, digits and inner hyphens, at most 63 long (RFC 1035
 * §2.3.4). ASCII only, and no `xn--` or other label with hyphens in places 3 and 4 (RFC 5891
 * §4.2.3.1): what is not there cannot be confused with another tenant's name.
 */
export function isSlug(value: unknown): value is string {
  return typeof value === "string" && slugPattern.test(value) && value.slice(2, 4) !== "--";
}
