import { isHostName } from "../../core/host-name.js";
import { isTenantId } from "../../core/tenant.js";
import type { TenantRegistry } from "../contract.js";
import { domainNotFound, domainTaken, tenantArchived, tenantNotFound } from "../problems.js";
import { newVerificationToken, type CheckDomain } from "../rules/domain.js";
import { untilSettled, type RunStatement } from "./operator-access.js";
import { toDomain, type DomainRow, type TenantRow } from "./rows.js";
import {
  deleteDomain,
  insertDomain,
  listDomains,
  selectDomain,
  selectHolder,
  selectTenant,
  updateVerified,
} from "./statements.js";

type DomainWrites = Pick<TenantRegistry, "addDomain" | "verifyDomain" | "removeDomain" | "domains">;

/** The operator's half of the registry that concerns domains. */
export function createPostgresDomains(run: RunStatement, checkDomain: CheckDomain): DomainWrites {
  async function present(tenantId: string, host: string) {
    const [row] = await run<DomainRow>(selectDomain, [tenantId, host]);
    return row && toDomain(row);
  }

  async function assertClaimable(tenantId: string, host: string): Promise<void> {
    const [tenant] = await run<TenantRow>(selectTenant, [tenantId]);
    if (tenant === undefined) throw tenantNotFound(tenantId);
    if (tenant.status === "archived") throw tenantArchived(tenantId);
    const [holder] = await run(selectHolder, [host, tenantId]);
    if (holder !== undefined) throw domainTaken(host);
  }

  return {
    async addDomain(tenantId, text) {
      const host = checkDomain(text);
      if (!isTenantId(tenantId)) throw tenantNotFound(tenantId);
      return untilSettled(async () => {
        const values = [tenantId, host, newVerificationToken()];
        const [added] = await run<DomainRow>(insertDomain, values, { tenantId, host });
        if (added !== undefined) return toDomain(added);
        await assertClaimable(tenantId, host);
        return present(tenantId, host);
      });
    },
    async verifyDomain(tenantId, text) {
      const host = checkDomain(text);
      if (!isTenantId(tenantId)) throw domainNotFound(tenantId, host);
      return untilSettled(async () => {
        const values = [tenantId, host];
        const [verified] = await run<DomainRow>(updateVerified, values, { tenantId, host });
        if (verified !== undefined) return toDomain(verified);
        const domain = await present(tenantId, host);
        if (domain === undefined) throw domainNotFound(tenantId, host);
        return domain.verifiedAt === null ? undefined : domain;
      });
    },
    async removeDomain(tenantId, host) {
      if (!isTenantId(tenantId) || !isHostName(host)) throw domainNotFound(tenantId, host);
      const removed = await run(deleteDomain, [tenantId, host], { tenantId, host });
      if (removed.length === 0) throw domainNotFound(tenantId, host);
    },
    async domains(tenantId) {
      if (!isTenantId(tenantId)) return [];
      const rows = await run<DomainRow>(listDomains, [tenantId]);
      return rows.map(toDomain);
    },
  };
}
