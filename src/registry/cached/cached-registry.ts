import type { Tenant } from "../../core/tenant.js";
import type { TenantRegistry } from "../contract.js";
import { createCachedLookup } from "./cached-lookup.js";
import type { CacheOptions } from "./options.js";

export interface CachedRegistry extends TenantRegistry {
  /** Closes the feed as well. `find` throws `REGISTRY_UNAVAILABLE` from then on. */
  close(): Promise<void>;
}

/**
 * `registry` with its look-ups answered from memory (see createCachedLookup for what that
 * promises). Writes go through; this process sees them at once, others by the feed.
 * @throws {TenantryError} `CONFIG_INVALID`
 */
export function createCachedRegistry(
  registry: TenantRegistry,
  options: CacheOptions = {},
): CachedRegistry {
  const lookup = createCachedLookup(registry, options);

  async function changing(id: string, write: Promise<Tenant>): Promise<Tenant> {
    const tenant = await forgetting(id, write);
    lookup.changed({ tenantId: tenant.id, version: tenant.version });
    return tenant;
  }

  /** Also where the write failed: a connection may break after the commit. */
  async function forgetting<T>(id: string, write: Promise<T>): Promise<T> {
    try {
      return await write;
    } finally {
      lookup.forget(id);
    }
  }

  return {
    find: (key) => lookup.find(key),
    list: (filter) => registry.list(filter),
    domains: (tenantId) => registry.domains(tenantId),
    create: async (tenant) => {
      const created = await registry.create(tenant);
      lookup.changed({ tenantId: created.id, version: created.version });
      return created;
    },
    suspend: (id) => changing(id, registry.suspend(id)),
    reactivate: (id) => changing(id, registry.reactivate(id)),
    archive: (id) => changing(id, registry.archive(id)),
    addDomain: (id, host) => forgetting(id, registry.addDomain(id, host)),
    verifyDomain: (id, host) => forgetting(id, registry.verifyDomain(id, host)),
    removeDomain: (id, host) => forgetting(id, registry.removeDomain(id, host)),
    async close() {
      lookup.close();
      await options.feed?.close();
    },
  };
}
