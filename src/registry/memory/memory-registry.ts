import type { Tenant, TenantKey, TenantStatus } from "../../core/tenant.js";
import { newUuid } from "../../core/uuid.js";
import type { Domain, TenantRegistry } from "../contract.js";
import type { RegistryFeed } from "../feed/contract.js";
import { createSubscribers } from "../feed/subscribers.js";
import {
  domainLimit,
  domainNotFound,
  domainTaken,
  slugTaken,
  tenantArchived,
  tenantNotFound,
} from "../problems.js";
import { createDomainCheck, newVerificationToken, type DomainOptions } from "../rules/domain.js";
import { checkFilter } from "../rules/filter.js";
import { isFindable } from "../rules/findable.js";
import { mostDomains } from "../rules/limits.js";
import { checkNewTenant } from "../rules/new-tenant.js";
import { settled } from "../rules/status.js";

export interface MemoryRegistry extends TenantRegistry {
  /** Always up: told of every change at once. */
  readonly feed: RegistryFeed;
}

/**
 * A registry that lives and ends with this process: for tests and scripts. It refuses what the
 * PostgreSQL one refuses.
 * @throws {TenantryError} `CONFIG_INVALID`
 */
export function createMemoryRegistry(options: DomainOptions = {}): MemoryRegistry {
  const checkDomain = createDomainCheck(options);
  const tenants = new Map<string, Tenant>();
  const domains = new Map<string, Map<string, Domain>>();
  const subscribers = createSubscribers();
  let lastVersion = 0;

  function store(tenant: Omit<Tenant, "version">): Tenant {
    const stored = Object.freeze({ ...tenant, version: ++lastVersion });
    tenants.set(stored.id, stored);
    subscribers.changed({ tenantId: stored.id, version: stored.version });
    return stored;
  }

  function storeDomain(domain: Domain): Domain {
    const stored = Object.freeze(domain);
    domainsOf(stored.tenantId).set(stored.host, stored);
    store(tenants.get(stored.tenantId)!);
    return stored;
  }

  function domainsOf(tenantId: string): Map<string, Domain> {
    const held = domains.get(tenantId) ?? new Map<string, Domain>();
    domains.set(tenantId, held);
    return held;
  }

  function holderOf(host: string): string | undefined {
    for (const [tenantId, held] of domains) {
      if (held.get(host)?.verifiedAt != null) return tenantId;
    }
    return undefined;
  }

  function assertFree(host: string, tenantId: string): void {
    const holder = holderOf(host);
    if (holder !== undefined && holder !== tenantId) throw domainTaken(host);
  }

  function find({ by, value }: TenantKey): Tenant | null {
    if (by === "id") return tenants.get(value) ?? null;
    if (by === "domain") return tenants.get(holderOf(value) ?? "") ?? null;
    return [...tenants.values()].find(({ slug }) => slug === value) ?? null;
  }

  function changeStatus(id: string, status: TenantStatus): Tenant {
    const tenant = tenants.get(id);
    return settled(tenant, id, status) ?? store({ ...tenant!, status });
  }

  return {
    find: async (key) => (isFindable(key) ? find(key) : null),
    list: async (filter) => {
      const { status, after, limit } = checkFilter(filter);
      return [...tenants.values()]
        .filter((tenant) => status === null || tenant.status === status)
        .filter(({ id }) => after === null || id > after)
        .sort((a, b) => (a.id < b.id ? -1 : 1))
        .slice(0, limit);
    },
    create: async (tenant) => {
      const checked = checkNewTenant(tenant);
      if (find({ by: "slug", value: checked.slug }) !== null) throw slugTaken(checked.slug);
      return store({ id: newUuid(), status: "active", ...checked });
    },
    suspend: async (id) => changeStatus(id, "suspended"),
    reactivate: async (id) => changeStatus(id, "active"),
    archive: async (id) => changeStatus(id, "archived"),
    addDomain: async (tenantId, text) => {
      const host = checkDomain(text);
      const tenant = tenants.get(tenantId);
      if (tenant === undefined) throw tenantNotFound(tenantId);
      if (tenant.status === "archived") throw tenantArchived(tenantId);
      const held = domainsOf(tenantId);
      assertFree(host, tenantId);
      if (!held.has(host) && held.size >= mostDomains) throw domainLimit(tenantId);
      const verificationToken = newVerificationToken();
      return held.get(host) ?? storeDomain({ host, tenantId, verifiedAt: null, verificationToken });
    },
    verifyDomain: async (tenantId, text) => {
      const host = checkDomain(text);
      const domain = domains.get(tenantId)?.get(host);
      if (domain === undefined) throw domainNotFound(tenantId, host);
      if (domain.verifiedAt !== null) return domain;
      if (tenants.get(tenantId)!.status === "archived") throw tenantArchived(tenantId);
      assertFree(host, tenantId);
      return storeDomain({ ...domain, verifiedAt: new Date() });
    },
    removeDomain: async (tenantId, host) => {
      if (!domains.get(tenantId)?.delete(host)) throw domainNotFound(tenantId, host);
      store(tenants.get(tenantId)!);
    },
    domains: async (tenantId) =>
      [...(domains.get(tenantId)?.values() ?? [])].sort((a, b) => (a.host < b.host ? -1 : 1)),
    feed: {
      state: "up",
      subscribe: subscribers.subscribe,
      close: async () => subscribers.clear(),
    },
  };
}
