-- run as: owner
-- The tenant registry. The app role reads neither table: it asks find_tenant(), with a seal, for one
-- tenant at a time, so that injected SQL can neither list the customers nor look one up.
--
-- Every change of a tenant or of its domains raises the tenant's version and is announced on the
-- channel tenantry_registry as '<tenant id>:<version>:<key id>:<mac>'. Ids only: every session may
-- listen. With a MAC, because every session may send too (src/core/seal/announcement.ts).
-- The CHECKs mirror src/core/tenant.ts, src/core/host-name.ts and src/registry/rules/.

-- CACHE 1 and no cycle: a version that a session had put aside would let a later change of a tenant
-- carry a lower number than an earlier one. The bound is the largest integer that JavaScript counts.
create sequence tenantry.registry_version as bigint minvalue 1 maxvalue 9007199254740991 cache 1 no cycle;

-- COLLATE "C": what is compared byte by byte cannot be equal to another tenant's name.
create table tenantry.tenant (
  id uuid primary key,
  slug text collate "C" not null constraint tenant_slug_taken unique
    check (slug ~ '^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$' and slug !~ '^..--'),
  name text not null
    check (pg_catalog.char_length(name) between 1 and 200 and name ~ '\S' and name !~ '[\u0001-\u001f\u007f]'),
  status text collate "C" not null default 'active' check (status in ('active', 'suspended', 'archived')),
  placement text collate "C" not null default 'default' check (placement ~ '^[a-z0-9][a-z0-9_-]{0,62}$'),
  -- 16 KiB as JavaScript writes it; jsonb puts a space after each comma and colon, at most doubling it.
  settings jsonb not null default '{}'
    check (pg_catalog.jsonb_typeof(settings) = 'object' and pg_catalog.octet_length(settings::text) <= 32768),
  version bigint not null,
  created_at timestamptz not null default pg_catalog.clock_timestamp(),
  updated_at timestamptz not null
);

create table tenantry.domain (
  tenant_id uuid not null references tenantry.tenant (id),
  host text collate "C" not null
    check (
      pg_catalog.length(host) <= 253
      and host ~ '^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$'
      and host !~ '(^|\.)([0-9]+|0x[0-9a-f]*)$'
      and host !~ '(^|\.)(?!xn)..--'
    ),
  verified_at timestamptz,
  verification_token text not null check (pg_catalog.length(verification_token) between 32 and 200),
  created_at timestamptz not null default pg_catalog.clock_timestamp(),
  primary key (tenant_id, host)
);
-- Anyone may claim a host; one tenant has it. A claim blocks nobody, so that nobody can squat.
create unique index domain_verified_once on tenantry.domain (host) where verified_at is not null;

-- The triggers below are SECURITY DEFINER so that the operator role needs no right to set a version.

-- A BEFORE UPDATE trigger runs with the row already locked, so that versions of one tenant grow in
-- the order in which its changes commit.
create function tenantry.stamp_tenant() returns trigger
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  if tg_op = 'UPDATE' then
    if old.status = 'archived' and new.status <> 'archived' then
      raise exception using errcode = 'check_violation', constraint = 'tenant_archived_for_good',
        schema = 'tenantry', table = 'tenant', message = 'an archived tenant stays archived';
    end if;
  end if;
  new.version := nextval('tenantry.registry_version');
  new.updated_at := clock_timestamp();
  return new;
end
$$;

-- Tells every process of a change: '<prefix><change>:<key id>:<mac>', where the MAC is over '<kind>:<change>', so
-- that no announcement passes for one of another kind. Signs with the oldest key (of 000003), which is
-- the one that all processes have when a new secret begins to replace it. Without any key it sends no
-- MAC, and processes take it for a hint.
create function tenantry.announce(channel text, kind text, change text, prefix text default '') returns void
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  signature text;
begin
  select ':' || k.id || ':' || encode(sha256(k.outer_pad
      || sha256(k.inner_pad || convert_to(kind || ':' || change, 'UTF8'))), 'hex')
    into signature
    from tenantry.seal_key k where k.purpose = 'registry' order by k.installed_at, k.id limit 1;
  perform pg_notify(channel, prefix || change || coalesce(signature, ''));
end
$$;

create function tenantry.announce_tenant() returns trigger
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  change text;
begin
  if tg_op = 'DELETE' then
    change := old.id || ':' || nextval('tenantry.registry_version');
  else
    change := new.id || ':' || new.version;
  end if;
  perform tenantry.announce('tenantry_registry', 'notify', change);
  return null;
end
$$;

-- Holds the tenant's row from before its domains change: the count and the status stay true until
-- the transaction ends. NO KEY, so that rows which reference the tenant can still be inserted.
create function tenantry.hold_tenant() returns trigger
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  tenant_status text;
begin
  select t.status into tenant_status from tenantry.tenant t where t.id = new.tenant_id for no key update;
  if tenant_status = 'archived' then
    raise exception using errcode = 'check_violation', constraint = 'domain_of_archived_tenant',
      schema = 'tenantry', table = 'domain', message = 'an archived tenant gets no domains';
  end if;
  if tg_op = 'INSERT' then
    if not exists (select from tenantry.domain d where d.tenant_id = new.tenant_id and d.host = new.host)
      and (select count(*) from tenantry.domain d where d.tenant_id = new.tenant_id) >= 100 then
      raise exception using errcode = 'check_violation', constraint = 'domain_limit',
        schema = 'tenantry', table = 'domain', message = 'a tenant has at most 100 domains';
    end if;
  end if;
  return new;
end
$$;

-- The update does nothing by itself: it sets off stamp_tenant() and announce_tenant().
create function tenantry.touch_tenant() returns trigger
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  update tenantry.tenant t set updated_at = clock_timestamp()
  where t.id in (
    case when tg_op <> 'INSERT' then old.tenant_id end,
    case when tg_op <> 'DELETE' then new.tenant_id end
  );
  return null;
end
$$;

create trigger stamp before insert or update on tenantry.tenant
  for each row execute function tenantry.stamp_tenant();
create trigger announce after insert or update or delete on tenantry.tenant
  for each row execute function tenantry.announce_tenant();
create trigger hold before insert or update on tenantry.domain
  for each row execute function tenantry.hold_tenant();
create trigger touch after insert or update or delete on tenantry.domain
  for each row execute function tenantry.touch_tenant();

-- The one tenant that has this id, slug or verified domain. Raises unless the seal is a good one
-- for the registry; open_seal() comes with 000003.
create function tenantry.find_tenant(seal text, kind text, value text)
returns table (id uuid, slug text, name text, status text, placement text, settings jsonb, version bigint)
language plpgsql stable rows 1 security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  perform tenantry.open_seal(find_tenant.seal, 'registry');
  if kind = 'id' then
    return query
      select t.id, t.slug, t.name, t.status, t.placement, t.settings, t.version
      from tenantry.tenant t where t.id = find_tenant.value::uuid;
  elsif kind = 'slug' then
    return query
      select t.id, t.slug, t.name, t.status, t.placement, t.settings, t.version
      from tenantry.tenant t where t.slug = find_tenant.value;
  elsif kind = 'domain' then
    return query
      select t.id, t.slug, t.name, t.status, t.placement, t.settings, t.version
      from tenantry.domain d join tenantry.tenant t on t.id = d.tenant_id
      where d.host = find_tenant.value and d.verified_at is not null;
  else
    raise exception using errcode = 'invalid_parameter_value',
      message = 'a tenant is found by id, slug or domain';
  end if;
end
$$;

revoke all on tenantry.tenant, tenantry.domain from public, tenantry_app;
revoke all on sequence tenantry.registry_version from public, tenantry_app;
-- Ids and slugs never change and tenants are never deleted: what once named one never names another.
grant select, insert, update (name, status, placement, settings) on tenantry.tenant to tenantry_operator;
grant select, insert, update (verified_at), delete on tenantry.domain to tenantry_operator;

revoke execute on function
  tenantry.announce(text, text, text, text), tenantry.stamp_tenant(), tenantry.announce_tenant(), tenantry.hold_tenant(), tenantry.touch_tenant(),
  tenantry.find_tenant(text, text, text) from public;
grant execute on function tenantry.find_tenant(text, text, text) to tenantry_app, tenantry_operator;
