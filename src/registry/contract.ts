import type { Tenant, TenantKey, TenantLookup, TenantStatus } from "../core/tenant.js";

/** A host name that belongs to one tenant. Only a verified one resolves. */
export interface Domain {
  /** Lower-case ASCII (A-labels), no trailing dot. */
  readonly host: string;
  readonly tenantId: string;
  /** Null until verified. */
  readonly verifiedAt: Date | null;
  /** What the owner must publish to prove the domain is theirs (a TXT record's value). */
  readonly verificationToken: string;
}

export interface NewTenant {
  readonly slug: string;
  readonly name: string;
  /** Default `"default"`. */
  readonly placement?: string;
  readonly settings?: Readonly<Record<string, unknown>>;
}

export interface TenantFilter {
  readonly status?: TenantStatus;
  /** Return tenants whose id is greater than this one. */
  readonly after?: string;
  /** 1 to 1000, default 100. */
  readonly limit?: number;
}

/**
 * Where tenants live. Every implementation passes test/conformance/registry.ts.
 * A change takes the tenant's `version` up; a no-op change (suspending a suspended tenant)
 * answers the tenant as it is.
 */
export interface TenantRegistry extends TenantLookup {
  find(key: TenantKey): Promise<Tenant | null>;
  /** Ordered by id. @throws `TENANT_INVALID` (a filter out of its range) */
  list(filter?: TenantFilter): Promise<readonly Tenant[]>;
  /** @throws `TENANT_INVALID`, `TENANT_CONFLICT` (slug taken, also by an archived tenant) */
  create(tenant: NewTenant): Promise<Tenant>;
  /** @throws `TENANT_NOT_FOUND`, `TENANT_CONFLICT` (archived) */
  suspend(id: string): Promise<Tenant>;
  /** Makes a suspended tenant active again. @throws `TENANT_NOT_FOUND`, `TENANT_CONFLICT` (archived) */
  reactivate(id: string): Promise<Tenant>;
  /** For good: an archived tenant keeps its slug, so that no one else can take it. @throws `TENANT_NOT_FOUND` */
  archive(id: string): Promise<Tenant>;
  /**
   * Answers the domain as it is where the tenant has it already.
   * @throws `TENANT_NOT_FOUND`, `TENANT_CONFLICT` (archived), `DOMAIN_INVALID`, `DOMAIN_CONFLICT`
   * (verified elsewhere), `DOMAIN_LIMIT` (100 to a tenant)
   */
  addDomain(tenantId: string, host: string): Promise<Domain>;
  /**
   * Called after the caller has seen the proof.
   * @throws `DOMAIN_NOT_FOUND`, `DOMAIN_CONFLICT`, `DOMAIN_INVALID` (by now one of the app's own
   * names, say), `TENANT_CONFLICT` (archived)
   */
  verifyDomain(tenantId: string, host: string): Promise<Domain>;
  /** @throws `DOMAIN_NOT_FOUND` */
  removeDomain(tenantId: string, host: string): Promise<void>;
  /** Ordered by host; none for a tenant that is not there. */
  domains(tenantId: string): Promise<readonly Domain[]>;
}
