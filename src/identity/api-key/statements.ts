import { unchanged } from "../membership/statements.js";

const columns = "k.id, k.name, k.permissions, k.created_by, k.created_at, k.expires_at, k.used_at";
const inForce = "k.revoked_at is null and (k.expires_at is null or k.expires_at > now())";

const noted = (type: string, at: number): string => `
  noted as (
    insert into tenantry.identity_event (tenant_id, account_id, type, outcome, address, user_agent, detail)
    select $1, $${at}, '${type}', 'done', $${at + 1}, $${at + 2},
      jsonb_build_object('key', k.id, 'name', k.name, 'permissions', k.permissions) from k
  )`;

export const create = `
  with ${unchanged("$7", "$10")}, k as (
    insert into tenantry.api_key as k (tenant_id, id, name, permissions, secret_hash, expires_at, created_by)
    select $1, $2, $3, $4, $5, $6, $7 from me
    returning k.*
  ), ${noted("key.created", 7)}
  select ${columns} from k`;

export const list = `
  select ${columns} from tenantry.api_key k where k.tenant_id = $1 and k.revoked_at is null
  order by k.created_at, k.id limit 1000`;

export const find = `
  select ${columns} from tenantry.api_key k where k.tenant_id = $1 and k.id = $2 and ${inForce}`;

export const revoke = `
  with ${unchanged("$3", "$6")}, k as (
    update tenantry.api_key k set revoked_at = now() from me
    where k.tenant_id = $1 and k.id = $2 and k.revoked_at is null returning k.*
  ), ${noted("key.revoked", 3)}
  select ${columns} from k`;

export const rotate = `
  with ${unchanged("$5", "$8")}, k as (
    update tenantry.api_key k
    set former_hash = k.secret_hash, former_until = now() + make_interval(secs => $4), secret_hash = $3
    from me where k.tenant_id = $1 and k.id = $2 and ${inForce}
    returning k.*
  ), ${noted("key.rotated", 5)}
  select ${columns} from k`;

/** Written at most once a minute, also where many come at once: each looks again when its turn comes. */
export const use = `
  with k as (
    select k.* from tenantry.api_key k
    where k.tenant_id = $1 and k.id = $2 and ${inForce}
      and (k.secret_hash = $3 or (k.former_hash = $3 and k.former_until > now()))
  ), used as (
    update tenantry.api_key t set used_at = now() from k
    where t.tenant_id = $1 and t.id = k.id and (t.used_at is null or t.used_at < now() - interval '1 minute')
  )
  select ${columns} from k`;
