const columns =
  "s.id, s.account_id, s.methods, s.authenticated_at, s.created_at, s.seen_at, s.expires_at, s.address, s.user_agent";

const inForce = "s.ended_at is null and s.idle_expires_at > now() and s.expires_at > now()";

export const start = `
  with replaced as (
    update tenantry.session s set ended_at = now(), ended_because = 'signed-in-anew'
    where s.token_hash = $8 and s.ended_at is null
  ), s as (
    insert into tenantry.session (id, account_id, token_hash, methods, authenticated_at, idle_expires_at, expires_at, address, user_agent)
    select $1, a.id, $3, $4, $5, now() + make_interval(mins => $6), now() + make_interval(days => $7), $9, $10
    from tenantry.account a
    where a.id = $2 and a.status = 'active' and ($11::text is null or a.password_hash = $11)
    returning *
  ), noted as (
    insert into tenantry.account_event (account_id, type, outcome, address, user_agent, detail)
    select account_id, 'session.started', 'done', address, user_agent, jsonb_build_object('session', id, 'methods', methods) from s
  )
  select ${columns} from s`;

/** Written at most once a minute, so that a busy page costs no update each time, or one for each request. */
export const find = `
  with s as (
    select s.* from tenantry.session s join tenantry.account a on a.id = s.account_id
    where s.token_hash = $1 and ${inForce} and a.status = 'active'
  ), seen as (
    update tenantry.session t set seen_at = now(), idle_expires_at = now() + make_interval(mins => $2)
    from s where t.id = s.id and t.ended_at is null and t.seen_at < now() - interval '1 minute'
  )
  select ${columns} from s`;

export const list = `
  select ${columns} from tenantry.session s where s.account_id = $1 and ${inForce} order by s.seen_at desc, s.id limit 1000`;

/** One ($2), or all but one ($3). */
export const end = `
  with ended as (
    update tenantry.session s set ended_at = now(), ended_because = $4
    where s.account_id = $1 and s.ended_at is null and s.id = coalesce($2::uuid, s.id) and s.id is distinct from $3::uuid
    returning s.id
  ), noted as (
    insert into tenantry.account_event (account_id, type, outcome, reason, address, user_agent, detail)
    select $1, 'session.ended', 'done', $4, $5, $6, jsonb_build_object('session', id) from ended
  )
  select id from ended`;
