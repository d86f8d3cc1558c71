import { domainColumns, tenantColumns } from "./rows.js";

// Every change is one statement, so that any pool will do. Those that touch a domain lock its
// tenant's row first: all take the two locks in the same order, so none waits for another in a ring.
// NO KEY, so that rows which reference the tenant can still be inserted.
const holdTenant = `with holder as materialized (
  select id from tenantry.tenant where id = $1 for no key update
)`;

export const selectTenant = `select ${tenantColumns} from tenantry.tenant where id = $1`;

export const listTenants = `select ${tenantColumns} from tenantry.tenant
  where ($1::text is null or status = $1) and ($2::uuid is null or id > $2)
  order by id limit $3`;

export const insertTenant = `insert into tenantry.tenant (id, slug, name, placement, settings)
  values ($1, $2, $3, $4, $5) returning ${tenantColumns}`;

export const updateStatus = `update tenantry.tenant set status = $2
  where id = $1 and status <> $2 and status <> 'archived' returning ${tenantColumns}`;

export const selectDomain = `select ${domainColumns} from tenantry.domain
  where tenant_id = $1 and host = $2`;

export const selectHolder = `select tenant_id from tenantry.domain
  where host = $1 and verified_at is not null and tenant_id <> $2`;

export const listDomains = `select ${domainColumns} from tenantry.domain
  where tenant_id = $1 order by host`;

export const insertDomain = `insert into tenantry.domain (tenant_id, host, verification_token)
  select $1::uuid, $2::text, $3::text
  where not exists (
    select from tenantry.domain where host = $2 and verified_at is not null and tenant_id <> $1
  )
  on conflict (tenant_id, host) do nothing returning ${domainColumns}`;

export const updateVerified = `${holdTenant}
  update tenantry.domain set verified_at = pg_catalog.clock_timestamp() from holder
  where tenant_id = holder.id and host = $2 and verified_at is null returning ${domainColumns}`;

export const deleteDomain = `${holdTenant}
  delete from tenantry.domain using holder
  where tenant_id = holder.id and host = $2 returning host`;
