import type { TenantLookup } from "../../core/tenant.js";
import { isUuid } from "../../core/uuid.js";
import { recorded, type Caller } from "../caller.js";
import type { IdentityDatabase } from "../identity-database.js";
import type { EndReason, Sessions } from "../session/sessions.js";

/** Ends what an account holds in all its tenants. Access tokens go stale with it, within a second. */
export interface Revocation {
  /**
   * Ends one session and every grant that came of it.
   * @returns false where the account has no such session in force; its grants are ended all the same
   */
  endSession(
    accountId: string,
    sessionId: string,
    because: EndReason,
    caller: Caller,
  ): Promise<boolean>;
  /** Ends every session but one, and every grant that came of them. @returns how many sessions ended */
  endSessions(
    accountId: string,
    because: EndReason,
    caller: Caller,
    options?: { readonly exceptSessionId?: string },
  ): Promise<number>;
  /** Ends the grants alone, of every session but one. @param because lower-case words with hyphens */
  endAccount(
    accountId: string,
    because: string,
    options: { readonly exceptSessionId: string | null },
    caller?: Caller,
  ): Promise<void>;
}

const actor = { kind: "system", id: "identity" } as const;
const nobody: Caller = { address: null, userAgent: null };

export function createRevocation(
  database: Pick<IdentityDatabase, "query" | "inTenant">,
  sessions: Pick<Sessions, "end" | "endAll">,
  tenants: TenantLookup,
): Revocation {
  /** In each tenant of the account, of any status: a suspended one's people are signed out as well. */
  async function endGrants(
    accountId: string,
    which: { readonly sessionId?: string; readonly exceptSessionId?: string | null },
    because: string,
    caller: Caller,
  ): Promise<void> {
    if (!isUuid(accountId)) return;
    const { rows } = await database.query(tenantsOfAccount, [accountId]);
    for (const { tenant_id: id } of rows as readonly { tenant_id: string }[]) {
      const tenant = await tenants.find({ by: "id", value: id });
      if (tenant === null) continue;
      const { sessionId = null, exceptSessionId = null } = which;
      const values = [id, accountId, because, sessionId, exceptSessionId, ...recorded(caller)];
      await database.inTenant(tenant, actor, endInTenant, values);
    }
  }

  return {
    async endSession(accountId, sessionId, because, caller) {
      if (!isUuid(sessionId)) return false;
      const ended = await sessions.end(accountId, sessionId, because, caller);
      await endGrants(accountId, { sessionId }, because, caller);
      return ended;
    },
    async endSessions(accountId, because, caller, { exceptSessionId } = {}) {
      const except = exceptSessionId === undefined ? {} : { exceptSessionId };
      const count = await sessions.endAll(accountId, { because, ...except }, caller);
      await endGrants(accountId, except, because, caller);
      return count;
    },
    endAccount: (accountId, because, { exceptSessionId }, caller = nobody) =>
      endGrants(accountId, { exceptSessionId }, because, caller),
  };
}

const tenantsOfAccount = `select tenant_id from tenantry.account_tenant where account_id = $1`;

/**
 * The membership's version rises with it, so that the access tokens of those grants are stale. Other
 * devices' are as well: they refresh and go on.
 */
const endInTenant = `
  with ended as (
    update tenantry.tenant_grant g set ended_at = now(), ended_because = $3
    where g.tenant_id = $1 and g.account_id = $2 and g.ended_at is null
      and ($4::uuid is null or g.session_id = $4) and g.session_id is distinct from $5::uuid
    returning g.id, g.session_id
  ), stale as (
    update tenantry.membership m set updated_at = now()
    where m.tenant_id = $1 and m.account_id = $2 and exists (select from ended)
  ), noted as (
    insert into tenantry.identity_event (tenant_id, account_id, type, outcome, reason, address, user_agent, detail)
    select $1, $2, 'grant.ended', 'done', $3, $6, $7, jsonb_build_object('grantId', e.id, 'sessionId', e.session_id)
    from ended e
  )
  select id from ended`;
