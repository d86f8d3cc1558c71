import { mayAct, standingColumns, standingTables } from "../grant/statements.js";

/** `$1` is the tenant, and `$2` the code's hash, in each statement. */

/**
 * $3 account, $4 session, $5 lifetime in seconds, $6 client, $7 redirect URI, $8 challenge, $9 nonce,
 * $10 address, $11 user agent. Old codes go in passing: more than come, so they never pile up.
 */
export const issueText = `
with old as (
  select code_hash from tenantry.authorization_code
  where tenant_id = $1 and expires_at < now() - interval '1 day'
  order by expires_at limit 20 for update skip locked
), swept as (
  delete from tenantry.authorization_code where tenant_id = $1 and code_hash in (select code_hash from old)
), wanted as materialized (
  select o.*, ${standingColumns}
  from (select $3::uuid as account_id, $4::uuid as session_id, clock_timestamp() as at) o ${standingTables}
), issued as (
  insert into tenantry.authorization_code
    (tenant_id, code_hash, account_id, session_id, client, redirect_uri, code_challenge, nonce, created_at, expires_at)
  select $1, $2, w.account_id, w.session_id, $6, $7, $8, $9, w.at, w.at + make_interval(secs => $5)
  from wanted w where ${mayAct}
  returning account_id, session_id, client
), noted as (
  insert into tenantry.identity_event (tenant_id, account_id, type, outcome, address, user_agent, detail)
  select $1, i.account_id, 'authorization-code.issued', 'done', $10, $11,
    jsonb_build_object('sessionId', i.session_id, 'client', i.client)
  from issued i
)
select w.*, w.account_id as "accountId", w.session_id as "sessionId", exists (select from issued) as issued
from wanted w`;

/**
 * $3 redirect URI, $4 client, $5 challenge of the verifier, $6 address, $7 user agent. One update takes
 * the code, whatever else is wrong: of those at once each waits for the one before and sees its count.
 * A refusal is written down for the first two uses; the third tells nothing new.
 */
export const useText = `
with used as (
  update tenantry.authorization_code
  set used_at = coalesce(used_at, clock_timestamp()), uses = least(uses + 1, 3)
  where tenant_id = $1 and code_hash = $2
  returning *
), judged as (
  select u.*, case
    when u.uses > 1 then 'used'
    when u.expires_at <= u.used_at then 'expired'
    when u.redirect_uri is distinct from $3 then 'other-redirect-uri'
    when u.client is distinct from $4 then 'other-client'
    when u.code_challenge is distinct from $5 then 'wrong-verifier'
  end as because
  from used u
), noted as (
  insert into tenantry.identity_event (tenant_id, account_id, type, outcome, reason, address, user_agent, detail)
  select $1, j.account_id, 'authorization-code.refused', 'refused', j.because, $6, $7,
    jsonb_build_object('sessionId', j.session_id, 'grantId', j.grant_id)
  from judged j where j.because is not null and j.uses < 3
)
select account_id as "accountId", session_id as "sessionId", grant_id as "grantId", nonce, because from judged`;

/** $3 grant. Nothing where the code was used again meanwhile: whoever did could not know the grant yet. */
export const redeemedText = `
with redeemed as (
  update tenantry.authorization_code set grant_id = $3
  where tenant_id = $1 and code_hash = $2 and uses = 1 and grant_id is null
  returning account_id, session_id
), noted as (
  insert into tenantry.identity_event (tenant_id, account_id, type, outcome, address, user_agent, detail)
  select $1, r.account_id, 'authorization-code.redeemed', 'done', $4, $5,
    jsonb_build_object('sessionId', r.session_id, 'grantId', $3::uuid)
  from redeemed r
)
select account_id from redeemed`;
