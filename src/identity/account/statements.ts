const columns = "id, email, email_key, email_verified_at, password_hash, status";

export const byId = `select ${columns} from tenantry.account where id = $1`;
export const byEmail = `select ${columns} from tenantry.account where email_key = $1`;

export const emailsOf = `select id, email from tenantry.account where id = any($1::uuid[])`;

export const create = `
  with created as (
    insert into tenantry.account (id, email, email_key, password_hash, password_changed_at, email_verified_at)
    values ($1, $2, $3, $4::text, case when $4::text is null then null else now() end, case when $5 then now() end)
    on conflict (email_key) do nothing
    returning ${columns}
  ), noted as (
    insert into tenantry.account_event (account_id, type, outcome, reason, address, user_agent)
    select coalesce(c.id, a.id), 'account.created', case when c.id is null then 'refused' else 'done' end,
      case when c.id is null then 'the address is taken' end, $6, $7
    from (select 1) one
    left join created c on true
    left join tenantry.account a on a.email_key = $3 and c.id is null
  )
  select ${columns} from created`;

/** Ends the sessions in \`which\`, within a statement that has \`changed\`. */
const ended = (which: string, because: string): string => `
  ended as (
    update tenantry.session s set ended_at = now(), ended_because = ${because}
    from changed c where s.account_id = c.id and s.ended_at is null ${which}
  )`;

export const setPassword = `
  with changed as (
    update tenantry.account set password_hash = $2, password_changed_at = now() where id = $1 returning id
  ), ${ended("and s.id is distinct from $4::uuid", "'password'")}, unused as (
    delete from tenantry.email_token t using changed c where t.account_id = c.id and t.purpose = 'reset-password'
  ), noted as (
    insert into tenantry.account_event (account_id, type, outcome, reason, address, user_agent)
    select id, 'account.password', 'done', $3, $5, $6 from changed
  )
  select id from changed`;

export const rehash = `update tenantry.account set password_hash = $2 where id = $1 returning id`;

export const disable = `
  with changed as (
    update tenantry.account set status = 'disabled' where id = $1 returning id
  ), ${ended("", "'account-disabled'")}, noted as (
    insert into tenantry.account_event (account_id, type, outcome, reason, address, user_agent)
    select id, 'account.disabled', 'done', $2, $3, $4 from changed
  )
  select id from changed`;

/** A session that began while the account was being disabled is not found until then, and never after. */
export const enable = `
  with changed as (
    update tenantry.account set status = 'active' where id = $1 and status = 'disabled' returning id
  ), ${ended("", "'account-disabled'")}, noted as (
    insert into tenantry.account_event (account_id, type, outcome, reason, address, user_agent)
    select id, 'account.enabled', 'done', $2, $3, $4 from changed
  )
  select id from changed`;

export const noteRefused = `
  insert into tenantry.account_event (account_id, type, outcome, reason, address, user_agent)
  values ($1, 'session.refused', 'refused', $2, $3, $4)`;
