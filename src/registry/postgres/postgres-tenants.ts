import { isTenantId, type Tenant, type TenantStatus } from "../../core/tenant.js";
import { newUuid } from "../../core/uuid.js";
import type { TenantRegistry } from "../contract.js";
import { tenantNotFound } from "../problems.js";
import { checkFilter } from "../rules/filter.js";
import { checkNewTenant } from "../rules/new-tenant.js";
import { settled } from "../rules/status.js";
import { untilSettled, type RunStatement } from "./operator-access.js";
import { toTenant, type TenantRow } from "./rows.js";
import { insertTenant, listTenants, selectTenant, updateStatus } from "./statements.js";

type TenantWrites = Pick<TenantRegistry, "list" | "create" | "suspend" | "reactivate" | "archive">;

/** The operator's half of the registry that concerns tenants. */
export function createPostgresTenants(run: RunStatement): TenantWrites {
  const changeStatus = (id: string, status: TenantStatus): Promise<Tenant> =>
    untilSettled(async () => {
      if (!isTenantId(id)) throw tenantNotFound(id);
      const [changed] = await run<TenantRow>(updateStatus, [id, status], { tenantId: id });
      if (changed !== undefined) return toTenant(changed);
      const [present] = await run<TenantRow>(selectTenant, [id]);
      return settled(present && toTenant(present), id, status) ?? undefined;
    });
  return {
    async list(filter) {
      const { status, after, limit } = checkFilter(filter);
      const rows = await run<TenantRow>(listTenants, [status, after, limit]);
      return rows.map(toTenant);
    },
    async create(tenant) {
      const { slug, name, placement, settings } = checkNewTenant(tenant);
      const values = [newUuid(), slug, name, placement, JSON.stringify(settings)];
      const [row] = await run<TenantRow>(insertTenant, values, { slug });
      return toTenant(row!);
    },
    suspend: (id) => changeStatus(id, "suspended"),
    reactivate: (id) => changeStatus(id, "active"),
    archive: (id) => changeStatus(id, "archived"),
  };
}
