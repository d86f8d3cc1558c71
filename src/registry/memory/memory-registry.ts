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
import { createMemoryDomains } from "./memory-domains.js";

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
  const domains = createMemoryDomains();
  const subscribers = createSubscribers();
  let lastVersion = 0;

  function store(tenant: Omit<Tenant, "version">): Tenant {
    const stored = Object.freeze({ ...tenant, version: ++lastVersion });
    tenants.set(stored.id, stored);
    subscribers.changed({ tenantId: stored.id, version: stored.version });
    return stored;
  }

  function storeDomain(domain: Domain): Domain {
    const stored = domains.put(domain);
    store(tenants.get(stored.tenantId)!);
    return stored;
  }

  function find({ by, value }: TenantKey): Tenant | null {
    if (by === "slug") return [...tenants.values()].find(({ slug }) => slug === value) ?? null;
    const id = by === "id" ? value : domains.holderOf(value);
    return id === undefined ? null : (tenants.get(id) ?? null);
  }

  function changeStatus(id: string, status: TenantStatus): Tenant {
    const tenant = tenants.get(id);
    return settled(tenant, id, status) ?? store({ ...tenant!, status });
  }

  function assertClaimable(tenantId: string, host: string): void {
    const tenant = tenants.get(tenantId);
    if (tenant === undefined) throw tenantNotFound(tenantId);
    if (tenant.status === "archived") throw tenantArchived(tenantId);
    const holder = domains.holderOf(host);
    if (holder !== undefined && holder !== tenantId) throw domainTaken(host);
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
      assertClaimable(tenantId, host);
      const present = domains.get(tenantId, host);
      if (present !== undefined) return present;
      if (domains.of(tenantId).length >= mostDomains) throw domainLimit(tenantId);
      const verificationToken = newVerificationToken();
      return storeDomain({ host, tenantId, verifiedAt: null, verificationToken });
    },
    verifyDomain: async (tenantId, text) => {
      const host = checkDomain(text);
      const present = domains.get(tenantId, host);
      if (present === undefined) throw domainNotFound(tenantId, host);
      if (present.verifiedAt !== null) return present;
      assertClaimable(tenantId, host);
      return storeDomain({ ...present, verifiedAt: new Date() });
    },
    removeDomain: async (tenantId, host) => {
      if (!domains.remove(tenantId, host)) throw domainNotFound(tenantId, host);
      store(tenants.get(tenantId)!);
    },
    domains: async (tenantId) => domains.of(tenantId),
    feed: {
      state: "up",
      subscribe: subscribers.subscribe,
      close: async () => subscribers.clear(),
    },
  };
}
