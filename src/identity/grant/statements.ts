/**
 * Each statement names the tenant although row security does as well: either alone would do.
 * `$1` is the tenant, and `clock` the caller's clock, or null for the database's.
 */

export const standingColumns = `
  a.status as "accountStatus", m.status as "membershipStatus", m.role, r.permissions,
  m.version::text as "membershipVersion", coalesce(v.version, 0)::text as "tenantVersion",
  s.authenticated_at as "authenticatedAt", s.ended_at as "sessionEndedAt",
  s.expires_at as "sessionExpiresAt", s.idle_expires_at as "sessionIdleExpiresAt"`;

/** Outer joins, so that what is missing is told from what is refused. `o` has account and session. */
export const standingTables = `
  left join tenantry.account a on a.id = o.account_id
  left join tenantry.session s on s.id = o.session_id and s.account_id = o.account_id
  left join tenantry.membership m on m.tenant_id = $1 and m.account_id = o.account_id
  left join tenantry.tenant_role r on r.tenant_id = $1 and r.name = m.role
  left join tenantry.tenant_authority v on v.tenant_id = $1`;

/** What refusalOf() in standing.ts asks, of `w` with the columns above and `at`. */
export const mayAct = `
  w."accountStatus" = 'active' and w."membershipStatus" = 'active' and w."sessionEndedAt" is null
    and w."sessionExpiresAt" > w.at and w."sessionIdleExpiresAt" > w.at`;

/** $2 grant, $3 clock. */
export const readGrantText = `
select o.account_id as "accountId", o.session_id as "sessionId", o.seed, o.generation, o.client,
  o.rotated_at as "rotatedAt", o.expires_at as "expiresAt", o.ended_at is not null as ended,
  coalesce($3::timestamptz, clock_timestamp()) as at, ${standingColumns}
from tenantry.tenant_grant o ${standingTables}
where o.tenant_id = $1 and o.id = $2`;

/**
 * $2 grant, $3 account, $4 session, $5 clock, $6 seed, $7 lifetime in seconds, $8 client, $9 address,
 * $10 user agent. Whether the account may act is asked here, as it must hold at the moment of the insert.
 */
export const startGrantText = `
with wanted as materialized (
  select o.*, ${standingColumns}
  from (select $3::uuid as account_id, $4::uuid as session_id,
    coalesce($5::timestamptz, clock_timestamp()) as at) o ${standingTables}
), started as (
  insert into tenantry.tenant_grant
    (tenant_id, id, account_id, session_id, seed, rotated_at, created_at, expires_at, client, address, user_agent)
  select $1, $2, w.account_id, w.session_id, $6, w.at, w.at, w.at + make_interval(secs => $7), $8, $9, $10
  from wanted w
  where ${mayAct}
  returning id, account_id, session_id, generation, expires_at
), noted as (
  insert into tenantry.identity_event (tenant_id, account_id, type, outcome, address, user_agent, detail)
  select $1, g.account_id, 'grant.started', 'done', $9, $10,
    jsonb_build_object('grantId', g.id, 'sessionId', g.session_id)
  from started g
)
select w.*, w.account_id as "accountId", w.session_id as "sessionId", g.generation, g.expires_at as "expiresAt"
from wanted w left join started g on true`;

/**
 * $2 grant, $3 presented generation, $4 clock, $5 address, $6 user agent. Whoever finds the generation
 * changed changes nothing. A refresh is activity of the session as well, so its idle time starts
 * again, when a tenth of it has passed; a session that somebody else is changing is passed over, so
 * that nobody waits for the other with a lock in his hand.
 */
export const rotateGrantText = `
with rotated as (
  update tenantry.tenant_grant
  set generation = generation + 1, rotated_at = coalesce($4::timestamptz, clock_timestamp())
  where tenant_id = $1 and id = $2 and generation = $3 and ended_at is null
  returning id, account_id, session_id, generation, rotated_at
), idle as (
  select s.id, g.rotated_at as at from rotated g join tenantry.session s on s.id = g.session_id
  where s.ended_at is null and g.rotated_at > s.seen_at + (s.idle_expires_at - s.seen_at) / 10
  for no key update of s skip locked
), touched as (
  update tenantry.session s
  set seen_at = i.at, idle_expires_at = least(s.expires_at, i.at + (s.idle_expires_at - s.seen_at))
  from idle i where s.id = i.id
), noted as (
  insert into tenantry.identity_event (tenant_id, account_id, type, outcome, address, user_agent, detail)
  select $1, g.account_id, 'grant.refreshed', 'done', $5, $6,
    jsonb_build_object('grantId', g.id, 'generation', g.generation)
  from rotated g
)
select generation from rotated`;

/** $2 grant. */
export const readSeedText = `
select o.seed from tenantry.tenant_grant o where o.tenant_id = $1 and o.id = $2`;

/** Raises the membership's version: access tokens that came of the grants in `ended` are stale at once. */
const stale = `
stale as (
  update tenantry.membership m set updated_at = clock_timestamp()
  where m.tenant_id = $1 and m.account_id in (select e.account_id from ended e)
)`;

/** $2 grant, $3 reason, $4 event's type, $5 severity, $6 clock, $7 address, $8 user agent, $9 presented generation. */
export const endRefusedGrantText = `
with ended as (
  update tenantry.tenant_grant
  set ended_at = coalesce($6::timestamptz, clock_timestamp()), ended_because = $3
  where tenant_id = $1 and id = $2 and ended_at is null
  returning id, account_id, session_id, generation
), ${stale.trim()}, noted as (
  insert into tenantry.identity_event (tenant_id, account_id, type, outcome, reason, address, user_agent, detail)
  select $1, g.account_id, $4, 'refused', $3, $7, $8, jsonb_build_object('grantId', g.id,
    'sessionId', g.session_id, 'severity', $5::text, 'generation', g.generation, 'presented', $9::integer)
  from ended g
)
select id from ended`;

/** $2 what `column` is, or nothing where all end, $3 reason, $4 clock. One event for all that end together. */
export function endGrantsText(column: "id" | "session_id" | "account_id" | null): string {
  const which = column === null ? "$2::uuid is null" : `${column} = $2::uuid`;
  return `
with ended as (
  update tenantry.tenant_grant
  set ended_at = coalesce($4::timestamptz, clock_timestamp()), ended_because = $3
  where tenant_id = $1 and ${which} and ended_at is null
  returning id, account_id, session_id
), ${stale.trim()}, noted as (
  insert into tenantry.identity_event (tenant_id, account_id, type, outcome, reason, detail)
  select $1, case when count(distinct account_id) = 1 then (array_agg(account_id))[1] end, 'grant.ended',
    'done', $3, jsonb_build_object('count', count(*), 'grantIds', to_jsonb((array_agg(id))[1:100]))
  from ended having count(*) > 0
)
select count(*)::integer as count from ended`;
}
