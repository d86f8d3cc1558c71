import type { Tenant, TenantStatus } from "../../core/tenant.js";
import type { Domain } from "../contract.js";
import { freezeDeep, type Settings } from "../rules/settings.js";

export const tenantColumns = "id, slug, name, status, placement, settings, version";

export interface TenantRow {
  readonly id: string;
  readonly slug: string;
  readonly name: string;
  readonly status: TenantStatus;
  readonly placement: string;
  readonly settings: Settings;
  /** `pg` gives a bigint as text; the sequence ends where JavaScript stops counting exactly. */
  readonly version: string;
}

export function toTenant(row: TenantRow): Tenant {
  const { id, slug, name, status, placement, settings, version } = row;
  return freezeDeep({
    id,
    slug,
    name,
    status,
    placement,
    settings,
    version: Number(version),
  }) as Tenant;
}

/** The instant as milliseconds, so that no session's time zone or date style matters. */
export const domainColumns =
  "host, tenant_id, extract(epoch from verified_at) * 1000 as verified_at, verification_token";

export interface DomainRow {
  readonly host: string;
  readonly tenant_id: string;
  /** A numeric, which `pg` gives as text. */
  readonly verified_at: string | null;
  readonly verification_token: string;
}

export function toDomain(row: DomainRow): Domain {
  return Object.freeze({
    host: row.host,
    tenantId: row.tenant_id,
    verifiedAt: row.verified_at === null ? null : new Date(Number(row.verified_at)),
    verificationToken: row.verification_token,
  });
}
