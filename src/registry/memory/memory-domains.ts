import type { Domain } from "../contract.js";

/** All tenants' domains, by tenant and host. */
export interface MemoryDomains {
  get(tenantId: string, host: string): Domain | undefined;
  put(domain: Domain): Domain;
  /** Whether there was one. */
  remove(tenantId: string, host: string): boolean;
  /** Ordered by host. */
  of(tenantId: string): readonly Domain[];
  /** The id of the tenant for which the host is verified. */
  holderOf(host: string): string | undefined;
}

export function createMemoryDomains(): MemoryDomains {
  const domains = new Map<string, Domain>();
  // Neither part of the key can have a space.
  const keyOf = (tenantId: string, host: string) => `${tenantId} ${host}`;
  return {
    get: (tenantId, host) => domains.get(keyOf(tenantId, host)),
    put(domain) {
      const stored = Object.freeze({ ...domain });
      domains.set(keyOf(stored.tenantId, stored.host), stored);
      return stored;
    },
    remove: (tenantId, host) => domains.delete(keyOf(tenantId, host)),
    of: (tenantId) =>
      [...domains.values()]
        .filter((domain) => domain.tenantId === tenantId)
        .sort((a, b) => (a.host < b.host ? -1 : 1)),
    holderOf: (host) =>
      [...domains.values()].find((domain) => domain.host === host && domain.verifiedAt !== null)
        ?.tenantId,
  };
}
