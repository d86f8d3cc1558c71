import { checkWhole } from "../../core/check-whole.js";
import { requireReason } from "../../core/enter.js";
import type { Tenant } from "../../core/tenant.js";
import { TenantryError } from "../../core/tenantry-error.js";
import { isUuid, newUuid } from "../../core/uuid.js";
import { recorded, type Caller } from "../caller.js";
import type { IdentityDatabase } from "../identity-database.js";
import type { Roles } from "../membership/roles.js";
import type { IssuedToken, TokenIssuer } from "../token/index.js";

export interface ImpersonationOf {
  /** The member in whose name it is acted. */
  readonly accountId: string;
  /** The account of the operator: the token's `act` claim (RFC 8693 §4.1). */
  readonly operatorId: string;
  /** 3 to 500 characters; the tenant can read it among its events. */
  readonly reason: string;
}

/** An operator who acts as a member of a tenant, to see what he sees. */
export interface Impersonation {
  /**
   * An access token for a bounded time, and no refresh token. It says who acts, the tenant's events say
   * so and why, and `requireFresh` refuses it: nothing sensitive is done in another's name. Whether the
   * operator may is yours to ask, before you call it. One round trip.
   * @throws {TenantryError} `REASON_REQUIRED`, `GRANT_REFUSED` where the member or the tenant is not
   * active, or acts already in the operator's own name; `CONFIG_INVALID`
   */
  start(tenant: Tenant, who: ImpersonationOf, caller: Caller): Promise<IssuedToken>;
}

interface Row {
  readonly role: string;
  readonly custom: readonly string[] | null;
  readonly membershipVersion: string;
  readonly tenantVersion: string;
}

/** @param issuer one whose tokens live as long as an impersonation may, 15 minutes say */
export function createImpersonation(
  database: Pick<IdentityDatabase, "inTenant">,
  issuer: TokenIssuer,
  roles: Roles,
): Impersonation {
  return {
    async start(tenant, { accountId, operatorId, reason }, caller) {
      requireReason(reason, "identity.impersonation.start");
      if (!isUuid(accountId) || !isUuid(operatorId) || accountId === operatorId) throw refused();
      if (tenant.status !== "active") throw refused();
      const [sessionId, grantId] = [newUuid(), newUuid()];
      const values = [tenant.id, accountId, operatorId, reason, grantId, ...recorded(caller)];
      const actor = { kind: "system", id: "impersonation" } as const;
      const { rows } = await database.inTenant(tenant, actor, startStatement, values);
      const row = rows[0] as Row | undefined;
      if (row === undefined) throw refused();
      return issuer.issue({
        ...{ accountId, tenantId: tenant.id, role: row.role, sessionId, grantId },
        permissions: roles.permissionsOf(row.role, row.custom),
        membershipVersion: Number(row.membershipVersion),
        tenantVersion: Number(row.tenantVersion),
        authenticatedAt: Math.floor(Date.now() / 1000),
        actor: { accountId: operatorId },
      });
    },
  };
}

/** @throws {TenantryError} `CONFIG_INVALID` */
export function impersonationSeconds(minutes: number): number {
  return checkWhole("`impersonationMinutes`", minutes, 1, 60) * 60;
}

function refused(): TenantryError {
  return new TenantryError("GRANT_REFUSED", {
    message: "Nobody can act as that account in this tenant now.",
    fix: "Choose another, active member of an active tenant.",
  });
}

const startStatement = `
  with m as (
    select m.role, m.version::text as "membershipVersion", r.permissions as custom,
      coalesce(v.version, 0)::text as "tenantVersion"
    from tenantry.membership m
    join tenantry.account a on a.id = m.account_id and a.status = 'active'
    left join tenantry.tenant_role r on r.tenant_id = m.tenant_id and r.name = m.role
    left join tenantry.tenant_authority v on v.tenant_id = m.tenant_id
    where m.tenant_id = $1 and m.account_id = $2 and m.status = 'active'
  ), noted as (
    insert into tenantry.identity_event (tenant_id, account_id, type, outcome, reason, address, user_agent, detail)
    select $1, $2, 'impersonation.started', 'done', left($4, 200), $6, $7,
      jsonb_build_object('operator', $3::uuid, 'grantId', $5::uuid) from m
  )
  select * from m`;
