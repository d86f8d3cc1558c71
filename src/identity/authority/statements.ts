/** Always one row: nulls where there is no such member, 0 where the tenant's version was never raised. */
export const member = `
  select m.status = 'active' and o.status = 'active' as "isActive", m.version, coalesce(a.version, 0) as "tenantVersion"
  from (select 1) as one
  left join tenantry.membership m on m.tenant_id = $1 and m.account_id = $2
  left join tenantry.account o on o.id = m.account_id
  left join tenantry.tenant_authority a on a.tenant_id = $1`;

/** Kept a while longer than the token is good for: clocks differ. */
const live = "d.expires_at > now() - interval '5 minutes'";

/** One page of every tenant's denied tokens, after $1 and $2. */
export const deniedPage = `
  select d.tenant_id as "tenantId", d.token_id as "tokenId", d.expires_at as "expiresAt"
  from tenantry.denied_token d
  where (d.tenant_id, d.token_id) > ($1, $2) and ${live}
  order by d.tenant_id, d.token_id limit $3`;

export const deniedToken = `
  select d.expires_at as "expiresAt" from tenantry.denied_token d
  where d.tenant_id = $1 and d.token_id = $2 and ${live}`;

/** Each denial takes some that have expired away, so that nobody else has to. */
export const deny = `
  with forgotten as (
    delete from tenantry.denied_token d using (
      select o.tenant_id, o.token_id from tenantry.denied_token o
      where o.expires_at < now() - interval '10 minutes' and (o.tenant_id, o.token_id) <> ($1::uuid, $2::uuid)
      order by o.expires_at limit 100 for update skip locked
    ) old where d.tenant_id = old.tenant_id and d.token_id = old.token_id
  ), denied as (
    insert into tenantry.denied_token as d (tenant_id, token_id, expires_at)
    values ($1, $2, $3)
    on conflict (tenant_id, token_id) do update set expires_at = greatest(d.expires_at, excluded.expires_at)
    returning d.token_id, d.expires_at
  ), noted as (
    insert into tenantry.identity_event (tenant_id, type, outcome, reason, address, user_agent, detail)
    select $1, 'token.denied', 'done', $4, $5, $6, jsonb_build_object('tokenId', d.token_id) from denied d
  )
  select expires_at as "expiresAt" from denied`;

/** The trigger gives the version. */
export const raise = `
  with raised as (
    insert into tenantry.tenant_authority as a (tenant_id, version) values ($1, 0)
    on conflict (tenant_id) do update set version = a.version
    returning a.version
  ), noted as (
    insert into tenantry.identity_event (tenant_id, account_id, type, outcome, reason, address, user_agent, detail)
    select $1, $2, 'tenant.version-raised', 'done', $3, $4, $5, jsonb_build_object('version', r.version) from raised r
  )
  select version from raised`;
