const columns = "m.account_id, m.role, m.status, m.version, m.created_at";

const part = (accountId: string): string => `
  (select json_build_object('role', m.role, 'status', m.status, 'version', m.version::text, 'custom', r.permissions)
   from tenantry.membership m
   left join tenantry.tenant_role r on r.tenant_id = m.tenant_id and r.name = m.role
   where m.tenant_id = $1 and m.account_id = ${accountId})`;

/** The one who acts ($2), the one it is done to ($3), and the role that is wanted ($4). */
export const standing = `
  select ${part("$2")} as me, ${part("$3")} as target,
    (select r.permissions from tenantry.tenant_role r where r.tenant_id = $1 and r.name = $4) as wanted`;

export const find = `
  select ${columns} from tenantry.membership m where m.tenant_id = $1 and m.account_id = $2`;

export const list = `
  select ${columns} from tenantry.membership m
  where m.tenant_id = $1 and m.status <> 'removed' order by m.created_at, m.account_id limit 10000`;

/**
 * The one who acts, only while he is as he was when it was decided: the lock makes a demotion of him
 * wait, or this statement find it done.
 */
export const unchanged = (accountId: string, version: string): string => `
  me as (
    select from tenantry.membership m
    where m.tenant_id = $1 and m.account_id = ${accountId} and m.version = ${version} for share
  )`;

/** The same where other members change too: all are locked in one order, lest two wait for each other. */
export const held = (accountId: string, others: string): string => `
  held as (
    select m.account_id, m.version from tenantry.membership m
    where m.tenant_id = $1 and (m.account_id = ${accountId} or ${others}) order by m.account_id for no key update
  )`;

/** Only while both, the one who acts as well, are as they were when it was decided. */
export const change = `
  with ${held("$4", "m.account_id = $2")}, m as (
    update tenantry.membership m set role = $6, status = $7
    from held me where me.account_id = $4 and me.version = $5
      and m.tenant_id = $1 and m.account_id = $2 and m.version = $3
    returning m.*
  ), ended as (
    update tenantry.tenant_grant g set ended_at = now(), ended_because = 'membership-' || m.status
    from m where g.tenant_id = $1 and g.account_id = m.account_id and g.ended_at is null and m.status <> 'active'
  ), noted as (
    insert into tenantry.identity_event (tenant_id, account_id, type, outcome, address, user_agent, detail)
    select $1, $4, 'member.changed', 'done', $8, $9,
      jsonb_build_object('member', m.account_id, 'role', m.role, 'status', m.status) from m
  )
  select ${columns} from m`;

/** One who is a member already stays as he is; a removed one comes back, in the new role. */
export const orBack = `
    on conflict (tenant_id, account_id) do update
      set role = case m.status when 'removed' then excluded.role else m.role end,
        status = case m.status when 'removed' then 'active' else m.status end`;

export const admit = `
  with m as (
    insert into tenantry.membership as m (tenant_id, account_id, role)
    values ($1, $2, $3)
    ${orBack}
    returning m.*
  ), noted as (
    insert into tenantry.identity_event (tenant_id, account_id, type, outcome, address, user_agent, detail)
    select $1, m.account_id, 'member.admitted', 'done', $4, $5, jsonb_build_object('role', m.role, 'status', m.status) from m
  )
  select ${columns} from m`;

export const listRoles = `
  select r.name, r.permissions from tenantry.tenant_role r where r.tenant_id = $1 order by r.name limit 1000`;

/** What the members of a role may is part of their version: their tokens say the old. */
const touched = (name: string, which: string): string => `
  touched as (
    update tenantry.membership m set updated_at = now() from ${which} where m.tenant_id = $1 and m.role = ${name}
  )`;

export const saveRole = `
  with ${held("$4", "m.role = $2")}, r as (
    insert into tenantry.tenant_role as r (tenant_id, name, permissions)
    select $1, $2, $3 from held me where me.account_id = $4 and me.version = $7
    on conflict (tenant_id, name) do update set permissions = excluded.permissions
    returning r.name, r.permissions
  ), ${touched("$2", "r")}, noted as (
    insert into tenantry.identity_event (tenant_id, account_id, type, outcome, address, user_agent, detail)
    select $1, $4, 'role.saved', 'done', $5, $6, jsonb_build_object('role', r.name, 'permissions', r.permissions) from r
  )
  select name from r`;

export const removeRole = `
  with ${held("$3", "m.role = $2")}, r as (
    delete from tenantry.tenant_role r using held me
    where r.tenant_id = $1 and r.name = $2 and me.account_id = $3 and me.version = $6
    returning r.name
  ), ${touched("$2", "r")}, noted as (
    insert into tenantry.identity_event (tenant_id, account_id, type, outcome, address, user_agent, detail)
    select $1, $3, 'role.removed', 'done', $4, $5, jsonb_build_object('role', r.name) from r
  )
  select name from r`;
