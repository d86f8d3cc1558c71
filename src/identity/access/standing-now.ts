import type { TenantScope } from "../../core/scope.js";
import { isUuid } from "../../core/uuid.js";
import type { IdentityDatabase } from "../identity-database.js";
import type { Roles } from "../membership/roles.js";
import type { AccessTokenClaims } from "../token/index.js";

/** What an actor may by the database, now; or why nothing. */
export type StandingNow =
  { readonly permissions: readonly string[] } | { readonly refusedBecause: string };

interface UserRow {
  readonly account: string | null;
  readonly membership: string | null;
  readonly role: string | null;
  readonly custom: readonly string[] | null;
  readonly membershipVersion: string | null;
  readonly tenantVersion: string;
  readonly granted: boolean;
}

/** Reads it in one statement, in the actor's own scope. */
export function createStandingNow(database: Pick<IdentityDatabase, "inTenant">, roles: Roles) {
  return {
    /** @param claims of the token that the user came with; null in a job or behind a sealed header */
    async ofUser(
      { tenant, actor }: TenantScope,
      accountId: string,
      claims: AccessTokenClaims | null,
    ): Promise<StandingNow> {
      if (!isUuid(accountId)) return { refusedBecause: "the user is no account of identity's" };
      const values = [tenant.id, accountId, claims?.grantId ?? null, claims?.sessionId ?? null];
      const { rows } = await database.inTenant(tenant, actor, userStatement, values);
      const row = rows[0] as UserRow;
      if (row.account !== "active") return { refusedBecause: "the account is not active" };
      if (row.membership !== "active") return { refusedBecause: "the membership is not active" };
      if (claims !== null) {
        if (!row.granted) return { refusedBecause: "the session or the grant has ended" };
        const isStale =
          claims.membershipVersion < Number(row.membershipVersion) ||
          claims.tenantVersion < Number(row.tenantVersion);
        if (isStale) return { refusedBecause: "the token is stale" };
      }
      return { permissions: roles.permissionsOf(row.role!, row.custom) };
    },

    async ofKey({ tenant, actor }: TenantScope, keyId: string): Promise<StandingNow> {
      if (!isUuid(keyId)) return { refusedBecause: "the service is no key of the tenant's" };
      const { rows } = await database.inTenant(tenant, actor, keyStatement, [tenant.id, keyId]);
      const row = rows[0] as { permissions: readonly string[] } | undefined;
      if (row === undefined) return { refusedBecause: "the key is not in force" };
      return { permissions: row.permissions.filter((name) => roles.permissions.has(name)) };
    },
  };
}

const userStatement = `
  select a.status as account, m.status as membership, m.role, r.permissions as custom,
    m.version::text as "membershipVersion", coalesce(v.version, 0)::text as "tenantVersion",
    (g.id is not null and s.id is not null) as granted
  from (select $2::uuid as account_id) o
  left join tenantry.account a on a.id = o.account_id
  left join tenantry.membership m on m.tenant_id = $1 and m.account_id = o.account_id
  left join tenantry.tenant_role r on r.tenant_id = $1 and r.name = m.role
  left join tenantry.tenant_authority v on v.tenant_id = $1
  left join tenantry.tenant_grant g on g.tenant_id = $1 and g.id = $3::uuid and g.account_id = o.account_id
    and g.session_id = $4::uuid and g.ended_at is null and g.expires_at > now()
  left join tenantry.session s on s.id = $4::uuid and s.account_id = o.account_id and s.ended_at is null
    and s.expires_at > now() and s.idle_expires_at > now()`;

const keyStatement = `
  select k.permissions from tenantry.api_key k
  where k.tenant_id = $1 and k.id = $2 and k.revoked_at is null and (k.expires_at is null or k.expires_at > now())`;
