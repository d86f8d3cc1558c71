-- run as: owner
-- The sealed scope. A setting alone is no boundary, since set_config() is callable from any SELECT;
-- the setting therefore carries a seal, and the policies believe it only after its MAC was checked.
--
-- A seal (src/core/seal/seal.ts), by position:
--   1-3 't1.'  4-11 key id  13-22 expiry  24-59 tenant  61… claims  last 64: HMAC-SHA256, hex
-- SQLSTATEs: TN001 no scope, TN002 not a good seal, TN003 expired.

-- HMAC needs the key only as two 64-byte blocks (RFC 2104 §2): with those stored, sha256() does it
-- and no extension is needed. A table, because function bodies are world-readable.
create table tenantry.seal_key (
  id text not null check (id ~ '^[0-9a-f]{8}$'),
  purpose text not null check (purpose in ('database', 'operator', 'registry')),
  inner_pad bytea not null check (pg_catalog.length(inner_pad) = 64),
  outer_pad bytea not null check (pg_catalog.length(outer_pad) = 64),
  installed_at timestamptz not null default pg_catalog.clock_timestamp(),
  primary key (id, purpose)
);
revoke all on tenantry.seal_key from public;

-- Whether the MAC is that of the key. Both sides are hashed once more, so that the time of the
-- comparison tells nothing of the MAC. The body is parsed once, here, so no search_path can bend it,
-- and is inlined where it is used. STABLE, not IMMUTABLE: it must never be folded into a plan.
create function tenantry.seal_is_genuine(seal text, inner_pad bytea, outer_pad bytea) returns boolean
language sql stable parallel safe
return pg_catalog.sha256(pg_catalog.convert_to(pg_catalog.right(seal, 65), 'UTF8'))
  = pg_catalog.sha256(pg_catalog.convert_to('.' || pg_catalog.encode(pg_catalog.sha256(outer_pad
    || pg_catalog.sha256(inner_pad || pg_catalog.convert_to(pg_catalog.left(seal, -65), 'UTF8'))), 'hex'), 'UTF8'));

-- Whether its time has not come. now() is the transaction's start: what began in time may finish.
-- Only for a seal that is genuine: the cast fails on other text.
create function tenantry.seal_is_live(seal text) returns boolean
language sql stable parallel safe
return pg_catalog.substr(seal, 13, 10)::double precision > pg_catalog.date_part('epoch', pg_catalog.now());

-- The tenant of a good seal, or an error.
create function tenantry.open_seal(seal text, seal_purpose text) returns uuid
language plpgsql stable parallel safe security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  genuine boolean;
begin
  select tenantry.seal_is_genuine(seal, k.inner_pad, k.outer_pad) into genuine
    from tenantry.seal_key k
    where k.id = substr(seal, 4, 8) and k.purpose = seal_purpose;
  if genuine is not true then
    raise exception using errcode = 'TN002', message = 'the sealed scope is not valid';
  end if;
  if not tenantry.seal_is_live(seal) then
    raise exception using errcode = 'TN003', message = 'the sealed scope has expired',
      hint = 'Compare the clocks of the application and the database.';
  end if;
  return substr(seal, 24, 36)::uuid;
end
$$;

-- Says why there is no current tenant: raises, or gives null to operator work, which has none.
create function tenantry.refuse_scope() returns uuid
language plpgsql stable parallel safe security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  seal constant text := current_setting('tenantry.scope', true);
begin
  if seal <> '' then
    return tenantry.open_seal(seal, 'database'); -- raises
  end if;
  -- Operator work has no tenant; whether it really is operator work, operating() decides.
  if current_setting('tenantry.operator', true) <> '' then
    return null;
  end if;
  raise exception using errcode = 'TN001', message = 'no tenant scope is set',
    hint = 'Send the statement through tenantry.db, inside a scope.';
end
$$;

-- The tenant that the seal claims, unchecked: for column defaults and beside a check, never a boundary
-- by itself. Raises where no scope is set, so that nothing is mistaken for "no rows".
-- The body is parsed once, here, so no search_path can bend it.
create function tenantry.claimed_tenant() returns uuid
language sql stable parallel safe
return coalesce(
  nullif(pg_catalog.substr(pg_catalog.current_setting('tenantry.scope', true), 24, 36), '')::uuid,
  tenantry.refuse_scope());

-- The tenant that the transaction's seal proves. Policies call it as (select tenantry.current_tenant()):
-- an InitPlan, run once a table reference, that leaves the tenant index usable.
--
-- It runs for every statement, so it is written to be cheap: PL/pgSQL prepares each of its
-- expressions anew in every transaction, so there is one query, without variables, and one test.
-- CASE, because only a genuine seal may reach the cast in seal_is_live().
create function tenantry.current_tenant() returns uuid
language plpgsql stable parallel safe security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  tenant uuid;
begin
  select substr(current_setting('tenantry.scope', true), 24, 36)::uuid into tenant
    from tenantry.seal_key k
    where k.id = substr(current_setting('tenantry.scope', true), 4, 8) and k.purpose = 'database'
      and case when tenantry.seal_is_genuine(current_setting('tenantry.scope', true), k.inner_pad, k.outer_pad)
        then tenantry.seal_is_live(current_setting('tenantry.scope', true)) else false end;
  if tenant is null then
    return tenantry.refuse_scope();
  end if;
  return tenant;
end
$$;

create function tenantry.install_seal_key(key_id text, pads jsonb) returns text
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  live integer;
begin
  if exists (select from tenantry.seal_key k where k.id = key_id) then
    return 'seal key ' || key_id || ' was there already';
  end if;
  select count(distinct k.id) into live from tenantry.seal_key k;
  if live >= 2 then
    raise exception 'two seal keys are live already'
      using hint = 'Retire the older one first: select tenantry.retire_seal_key(id), ids in tenantry.seal_key.';
  end if;
  insert into tenantry.seal_key (id, purpose, inner_pad, outer_pad)
  select key_id, p.key, decode(p.value ->> 'inner', 'hex'), decode(p.value ->> 'outer', 'hex')
  from jsonb_each(pads) p;
  -- With statistics the planner reads the table's one page instead of its index.
  analyze tenantry.seal_key;
  return 'installed seal key ' || key_id;
end
$$;

create function tenantry.retire_seal_key(key_id text) returns text
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  if (select count(distinct k.id) from tenantry.seal_key k) = 1
    and exists (select from tenantry.seal_key k where k.id = key_id) then
    raise exception 'seal key % is the only live one', key_id
      using hint = 'Install its successor first.';
  end if;
  delete from tenantry.seal_key k where k.id = key_id;
  return case when found then 'retired seal key ' else 'there was no seal key ' end || key_id;
end
$$;

revoke execute on function
  tenantry.open_seal(text, text),
  tenantry.install_seal_key(text, jsonb),
  tenantry.retire_seal_key(text) from public;
-- Policies call these for whoever reads the table; without a good seal they only raise.
grant execute on function tenantry.current_tenant(), tenantry.claimed_tenant(), tenantry.refuse_scope() to public;
