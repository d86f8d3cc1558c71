import { held, orBack, unchanged } from "../membership/statements.js";

const columns = "i.id, i.email, i.role, i.invited_by, i.created_at, i.expires_at";
const waits = "i.accepted_at is null and i.revoked_at is null";

/** The earlier one is revoked in place, since of one address one invitation waits at a time. */
export const invite = `
  with ${unchanged("$7", "$9")}, i as (
    insert into tenantry.invitation as i (tenant_id, id, email, email_key, role, token_hash, invited_by, expires_at)
    select $1, $2, $3, $4, $5, $6, $7, now() + make_interval(days => $8) from me
    on conflict (tenant_id, email_key) where accepted_at is null and revoked_at is null do update
      set id = excluded.id, email = excluded.email, role = excluded.role, token_hash = excluded.token_hash,
        invited_by = excluded.invited_by, created_at = now(), expires_at = excluded.expires_at
    returning i.*
  ), noted as (
    insert into tenantry.identity_event (tenant_id, account_id, type, outcome, address, user_agent, detail)
    select $1, $7, 'invitation.sent', 'done', $10, $11, jsonb_build_object('invitation', i.id, 'role', i.role) from i
  )
  select ${columns} from i`;

export const list = `
  select ${columns} from tenantry.invitation i
  where i.tenant_id = $1 and ${waits} and i.expires_at > now() order by i.created_at, i.id limit 1000`;

export const revoke = `
  with ${unchanged("$3", "$6")}, i as (
    update tenantry.invitation i set revoked_at = now() from me
    where i.tenant_id = $1 and i.id = $2 and ${waits} returning i.id
  ), noted as (
    insert into tenantry.identity_event (tenant_id, account_id, type, outcome, address, user_agent, detail)
    select $1, $3, 'invitation.revoked', 'done', $4, $5, jsonb_build_object('invitation', i.id) from i
  )
  select id from i`;

/** Who invited, and to which role, whether or not the invitation is good still. */
export const giver = `
  select i.invited_by, i.role from tenantry.invitation i where i.tenant_id = $1 and i.token_hash = $2`;

/**
 * Only while the one who invited ($7) is as he was when it was decided that he may still give the role.
 * The account is looked at as well: one that is disabled, or has another address by now, gets in nowhere.
 */
export const accept = `
  with ${held("$7", "m.account_id = $3")}, a as (
    select a.id from tenantry.account a join held me on me.account_id = $7 and me.version = $8
    where a.id = $3 and a.email_key = $4 and a.status = 'active' for no key update of a
  ), i as (
    update tenantry.invitation i set accepted_at = now() from a
    where i.tenant_id = $1 and i.token_hash = $2 and i.email_key = $4 and ${waits} and i.expires_at > now()
    returning i.id, i.role, i.invited_by
  ), verified as (
    update tenantry.account b set email_verified_at = coalesce(b.email_verified_at, now()) from i where b.id = $3
  ), m as (
    insert into tenantry.membership as m (tenant_id, account_id, role) select $1, $3, i.role from i
    ${orBack}
    returning m.*
  ), noted as (
    insert into tenantry.identity_event (tenant_id, account_id, type, outcome, address, user_agent, detail)
    select $1, $3, 'invitation.accepted', 'done', $5, $6,
      jsonb_build_object('invitation', i.id, 'role', i.role, 'invitedBy', i.invited_by) from i
  )
  select m.account_id, m.role, m.status, m.version, m.created_at from m`;
