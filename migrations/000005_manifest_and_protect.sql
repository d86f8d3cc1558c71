-- run as: owner
-- The manifest: every table is a tenant's, global, or the operator's. And the one call that makes
-- a table a tenant's.

create table tenantry.manifest (
  relation regclass primary key,
  class text not null check (class in ('tenant', 'global', 'operator')),
  reason text check (pg_catalog.length(reason) between 1 and 1000),
  classified_at timestamptz not null default pg_catalog.now(),
  check (class = 'tenant' or reason is not null)
);
revoke all on tenantry.manifest from public;
grant select on tenantry.manifest to tenantry_app, tenantry_operator;

-- The policies in their true form. protect() copies nothing from here, but compares with it: the
-- server's own deparsing is the only dependable way to say that two policies are the same.
create table tenantry.policy_model (tenant_id uuid not null);
revoke all on tenantry.policy_model from public;

-- Layer by layer: `floor` is the boundary, for every role and whatever other policies are added. For
-- the app role its operator branch is folded away, so it is an index condition too.
-- `tenant` lets the app role in, and holds by itself against a lost scope, not against a forged one.
-- Both together cost one proof, not two: the planner finds two constants equal to one column and
-- compares them once, before it reads the table. So a seal that is not good is refused whatever the
-- table holds; refused at the first matching row only, it would tell whether there is one.
-- It has the body of claimed_tenant() and not its name: taking a function's body in at every planning made
-- planning half as long again (measured on PostgreSQL 18), and what ORMs send is often planned each time.
-- `operator` lets the operator role in, under a record.
create function tenantry.create_policies(target regclass) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
set client_min_messages = warning
as $$
declare
  claimed constant text :=
    'coalesce(nullif(substr(current_setting(''tenantry.scope'', true), 24, 36), '''')::uuid, tenantry.refuse_scope())';
begin
  execute format('drop policy if exists tenantry_floor on %s', target);
  execute format('drop policy if exists tenantry_tenant on %s', target);
  execute format('drop policy if exists tenantry_operator on %s', target);
  execute format(
    'create policy tenantry_floor on %s as restrictive for all to public
      using (tenant_id = (select tenantry.current_tenant()) or tenantry.may_operate() and (select tenantry.operating()))
      with check (tenant_id = (select tenantry.current_tenant()) or tenantry.may_operate() and (select tenantry.operating()))', target);
  execute format(
    'create policy tenantry_tenant on %1$s as permissive for all to tenantry_app
      using (tenant_id = (select %2$s)) with check (tenant_id = (select %2$s))', target, claimed);
  execute format(
    'create policy tenantry_operator on %s as permissive for all to tenantry_operator
      using ((select tenantry.operating()))
      with check ((select tenantry.operating()))', target);
end
$$;
select tenantry.create_policies('tenantry.policy_model');

create function tenantry.policies_are_true(target regclass) returns boolean
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  with policy as (
    select polrelid, polname, polpermissive, polcmd, polroles,
      pg_get_expr(polqual, polrelid) as using_text, pg_get_expr(polwithcheck, polrelid) as check_text
    from pg_policy
    where polname in ('tenantry_floor', 'tenantry_tenant', 'tenantry_operator')
  )
  select count(*) = 3
  from policy mine
  join policy model using (polname, polpermissive, polcmd, polroles, using_text, check_text)
  where mine.polrelid = target and model.polrelid = 'tenantry.policy_model'::regclass
$$;

-- Turns row security on and forces it, for a table or one of its partitions.
create function tenantry.enforce_policies(target regclass) returns setof text
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  relation record;
begin
  select relrowsecurity, relforcerowsecurity into relation from pg_class where oid = target;
  if not relation.relrowsecurity then
    execute format('alter table %s enable row level security', target);
    return next format('enabled row level security on %s', target);
  end if;
  if not relation.relforcerowsecurity then
    execute format('alter table %s force row level security', target);
    return next format('forced row level security on %s, for its owner too', target);
  end if;
  if not tenantry.policies_are_true(target) then
    perform tenantry.create_policies(target);
    return next format('wrote the policies of %s', target);
  end if;
end
$$;

-- Takes from everyone but the owner what no app needs and what gets round row security: TRUNCATE,
-- TRIGGER and REFERENCES; and takes everything from PUBLIC.
create function tenantry.revoke_excess(target regclass) returns setof text
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  excess record;
begin
  for excess in
    select case a.grantee when 0 then 'public' else quote_ident(pg_get_userbyid(a.grantee)) end as grantee,
      string_agg(a.privilege_type, ', ' order by a.privilege_type) as privileges
    from pg_class c, aclexplode(c.relacl) a
    where c.oid = target and a.grantee <> c.relowner
      and (a.grantee = 0 or a.privilege_type in ('TRUNCATE', 'TRIGGER', 'REFERENCES'))
    group by a.grantee
  loop
    execute format('revoke %s on %s from %s', excess.privileges, target, excess.grantee);
    return next format('revoked %s on %s from %s', excess.privileges, target, excess.grantee);
  end loop;
end
$$;

-- `kinds`: the relkinds that the class can have. Row security works on tables only; a materialized
-- view or a foreign table can be shared or restricted, never a tenant's.
create function tenantry.own_table(target regclass, kinds "char"[]) returns setof text
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  relation record;
begin
  select c.relowner, c.relkind, c.relpersistence, n.nspname
    into relation from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.oid = target;
  if relation.relkind <> all (kinds) then
    raise exception '% is not a table that can be classified so', target
      using hint = 'Protect the tables beneath a view, and create the view with (security_invoker = true).';
  end if;
  -- Tenantry's own are classified where they are made, and may be protected again.
  if relation.nspname in ('pg_catalog', 'information_schema') or relation.relpersistence = 't'
    or relation.nspname = 'tenantry' and not exists (select from tenantry.manifest m where m.relation = target) then
    raise exception '% is not a table of yours to classify', target;
  end if;
  if relation.relowner <> 'tenantry_owner'::regrole then
    -- ALTER … OWNER asks the new owner for CREATE on the schema.
    if not has_schema_privilege('tenantry_owner', relation.nspname, 'CREATE') then
      execute format('grant create, usage on schema %I to tenantry_owner', relation.nspname);
    end if;
    execute format('alter table %s owner to tenantry_owner', target);
    return next format('gave %s to tenantry_owner', target);
  end if;
  if not has_schema_privilege('tenantry_app', relation.nspname, 'USAGE') then
    execute format('grant usage on schema %I to tenantry_app, tenantry_operator', relation.nspname);
    return next format('granted usage on schema %I', relation.nspname);
  end if;
end
$$;

create function tenantry.add_tenant_column(target regclass) returns setof text
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  column_type regtype;
  is_not_null boolean := false;
  default_text text;
  has_rows boolean;
begin
  select a.atttypid, a.attnotnull, pg_get_expr(d.adbin, d.adrelid)
    into column_type, is_not_null, default_text
    from pg_attribute a left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
    where a.attrelid = target and a.attname = 'tenant_id' and not a.attisdropped;
  if not found then
    execute format('select exists (select from %s)', target) into has_rows;
    if has_rows then
      raise exception '% has rows but no column tenant_id', target
        using hint = 'Add the column, fill it in for every row, then protect the table.';
    end if;
    execute format('alter table %s add column tenant_id uuid', target);
    return next format('added %s.tenant_id', target);
  elsif column_type <> 'uuid'::regtype then
    raise exception '%.tenant_id is of type %, not uuid', target, column_type
      using hint = 'A lossy comparison of tenants shows one to another. Make the column uuid.';
  end if;
  if is_not_null is not true then
    execute format('alter table %s alter column tenant_id set not null', target);
    return next format('made %s.tenant_id not null', target);
  end if;
  if default_text is distinct from 'tenantry.claimed_tenant()' then
    execute format('alter table %s alter column tenant_id set default tenantry.claimed_tenant()', target);
    return next format('set the default of %s.tenant_id to the current tenant', target);
  end if;
end
$$;

-- PRIMARY KEY (tenant_id, …), the reference to the registry, and an index that leads with the tenant.
create function tenantry.add_tenant_keys(target regclass) returns setof text
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  tenant_column constant int2 := (select attnum from pg_attribute where attrelid = target and attname = 'tenant_id');
  primary_key record;
  columns text;
begin
  select conname, conkey, exists (
      select from pg_constraint f where f.confrelid = target and f.contype = 'f' and f.conindid = c.conindid
    ) as referenced, exists (
      select from pg_index i where i.indrelid = target and i.indisunique and i.indisvalid and i.indpred is null
        and i.indnkeyatts = cardinality(c.conkey) + 1 and i.indkey::int2[] @> (c.conkey || tenant_column)
    ) as accompanied
    into primary_key from pg_constraint c where conrelid = target and contype = 'p';
  if found and tenant_column <> all (primary_key.conkey) then
    select string_agg(quote_ident(a.attname), ', ' order by k.place) into columns
      from unnest(primary_key.conkey) with ordinality k (attnum, place)
      join pg_attribute a on a.attrelid = target and a.attnum = k.attnum;
    if primary_key.referenced then
      return next format('warning: the primary key (%s) of %s lacks tenant_id and is referenced, so it was left. '
        'References, cascades and key clashes can still cross tenants: make it (tenant_id, %s) and let foreign keys carry tenant_id', columns, target, columns);
    elsif primary_key.accompanied then
      return next format('warning: the primary key (%s) of %s lacks tenant_id and was left, for a unique key with it stands beside. '
        'It tells one tenant of another''s values', columns, target);
    else
      execute format('alter table %s drop constraint %I, add constraint %I primary key (tenant_id, %s)',
        target, primary_key.conname, primary_key.conname, columns);
      return next format('made the primary key of %s (tenant_id, %s)', target, columns);
    end if;
  end if;

  if not exists (
    select from pg_constraint where conrelid = target and contype = 'f'
      and confrelid = 'tenantry.tenant'::regclass and conkey = array[tenant_column]
  ) then
    execute format('alter table %s add foreign key (tenant_id) references tenantry.tenant (id)', target);
    return next format('made %s.tenant_id reference the registry', target);
  end if;

  if not exists (
    select from pg_index where indrelid = target and indisvalid and indpred is null and indkey[0] = tenant_column
  ) then
    execute format('create index on %s (tenant_id)', target);
    return next format('added an index on %s (tenant_id)', target);
  end if;
end
$$;

-- What protect() sees and does not mend, because only the table's author knows how.
create function tenantry.warnings(target regclass) returns setof text
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  with tenant_column as (
    select attnum from pg_attribute where attrelid = target and attname = 'tenant_id'
  )
  select format('warning: %s: the foreign key %s to %s does not carry tenant_id, so it can point into another tenant; '
      'make it (tenant_id, …) references %s (tenant_id, …)', target, conname, confrelid::regclass, confrelid::regclass)
  from pg_constraint, tenant_column
  where conrelid = target and contype = 'f' and attnum <> all (conkey)
    and exists (select from tenantry.manifest where relation = confrelid and class = 'tenant')
  union all
  select format('warning: %s: the unique constraint or index %s lacks tenant_id, so it tells one tenant of another''s values; '
      'put tenant_id first', target, indexrelid::regclass)
  from pg_index, tenant_column
  where indrelid = target and (indisunique or indisexclusion) and not indisprimary and attnum <> all (indkey::int2[])
  union all
  select format('warning: %s: the rewrite rule %s can change other rows than the statement says; drop it', target, rulename)
  from pg_rewrite where ev_class = target and rulename <> '_RETURN'
$$;

create function tenantry.classify(target regclass, new_class text, new_reason text) returns setof text
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  -- What was dropped leaves its oid behind, which another table could come to bear.
  delete from tenantry.manifest m where not exists (select from pg_class c where c.oid = m.relation);
  insert into tenantry.manifest as m (relation, class, reason) values (target, new_class, new_reason)
  on conflict (relation) do update set class = excluded.class, reason = excluded.reason, classified_at = now()
    where (m.class, m.reason) is distinct from (excluded.class, excluded.reason);
  if found then
    return next format('classified %s as %s', target, new_class);
  end if;
end
$$;

-- Grants what `new_class` needs, once: at the table's first classification. Later runs leave a
-- narrower choice of the table's author alone.
create function tenantry.grant_access(target regclass, new_class text) returns setof text
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  sequence_name regclass;
begin
  if exists (select from tenantry.manifest where relation = target and class = new_class) then
    return;
  end if;
  execute format('revoke all on %s from tenantry_app, tenantry_operator', target);
  execute format('grant select, insert, update, delete on %s to tenantry_operator', target);
  if new_class = 'tenant' then
    execute format('grant select, insert, update, delete on %s to tenantry_app', target);
  elsif new_class = 'global' then
    execute format('grant select on %s to tenantry_app', target);
  end if;
  return next format('granted access to %s as class %s needs it', target, new_class);
  -- USAGE only: SELECT on a sequence tells the volume of everyone.
  for sequence_name in
    select d.objid::regclass from pg_depend d join pg_class s on s.oid = d.objid and s.relkind = 'S'
    where d.refobjid = target and d.deptype in ('a', 'i')
  loop
    execute format('grant usage on sequence %s to tenantry_operator', sequence_name);
    if new_class = 'tenant' then
      execute format('grant usage on sequence %s to tenantry_app', sequence_name);
    end if;
  end loop;
end
$$;

-- Makes a table a tenant's, partitions included. Returns what it changed, and warnings; no rows
-- when there was nothing to do.
create function tenantry.protect(target regclass) returns setof text
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  partition regclass;
begin
  return query select tenantry.own_table(target, '{r,p}');
  return query select tenantry.add_tenant_column(target);
  return query select tenantry.add_tenant_keys(target);
  return query select tenantry.enforce_policies(target);
  return query select tenantry.grant_access(target, 'tenant');
  return query select tenantry.revoke_excess(target);
  for partition in
    select relid from pg_partition_tree(target) where relid <> target
  loop
    -- Reached directly, a partition answers to its own policies only.
    return query select tenantry.own_table(partition, '{r,p}');
    return query select tenantry.enforce_policies(partition);
    return query select tenantry.revoke_excess(partition);
  end loop;
  return query select tenantry.classify(target, 'tenant', null);
  return query select tenantry.warnings(target);
end
$$;

create function tenantry.assign(target regclass, new_class text, reason text) returns setof text
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  return query select tenantry.own_table(target, '{r,p,m,f}');
  return query select tenantry.grant_access(target, new_class);
  return query select tenantry.revoke_excess(target);
  return query select tenantry.classify(target, new_class, reason);
end
$$;

-- A table that all tenants read and none writes.
create function tenantry.share(target regclass, reason text) returns setof text
language sql
set search_path = pg_catalog, pg_temp
as $$ select tenantry.assign(target, 'global', reason) $$;

-- A table that only the operator role reaches.
create function tenantry.restrict(target regclass, reason text) returns setof text
language sql
set search_path = pg_catalog, pg_temp
as $$ select tenantry.assign(target, 'operator', reason) $$;

-- Every table that the manifest does not know.
-- For the start-up check: what a tenant's table has lost since it was protected.
create function tenantry.weakened() returns table (relation regclass, problem text)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  with guarded as (
    select m.relation from tenantry.manifest m where m.class = 'tenant'
    union
    select p.relid from tenantry.manifest m, lateral pg_partition_tree(m.relation) p where m.class = 'tenant'
  )
  select g.relation, 'row security is not enabled and forced'
  from guarded g join pg_class c on c.oid = g.relation where not (c.relrowsecurity and c.relforcerowsecurity)
  union all
  select g.relation, 'its policies are not those of tenantry.protect()'
  from guarded g join pg_class c on c.oid = g.relation where not tenantry.policies_are_true(g.relation)
  union all
  select g.relation, 'its owner is not tenantry_owner'
  from guarded g join pg_class c on c.oid = g.relation where c.relowner <> 'tenantry_owner'::regrole
  union all
  select g.relation, 'the app role may ' || lower(a.privilege_type)
  from guarded g join pg_class c on c.oid = g.relation, lateral aclexplode(c.relacl) a
  where a.privilege_type in ('TRUNCATE', 'TRIGGER', 'REFERENCES')
    and (a.grantee = 0 or pg_has_role(session_user, a.grantee, 'MEMBER'))
    and a.grantee <> c.relowner
$$;
revoke execute on function tenantry.weakened() from public;
grant execute on function tenantry.weakened() to tenantry_app, tenantry_operator;

create view tenantry.unclassified as
select c.oid::pg_catalog.regclass as relation
from pg_catalog.pg_class c
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
where c.relkind in ('r', 'p', 'f', 'm')
  and c.relpersistence <> 't'
  and n.nspname not in ('tenantry', 'pg_catalog', 'information_schema', 'pg_toast')
  and not exists (
    select from tenantry.manifest m
    where m.relation = c.oid or (c.relispartition and m.relation = pg_catalog.pg_partition_root(c.oid))
  );
revoke all on tenantry.unclassified from public;
grant select on tenantry.unclassified to tenantry_app, tenantry_operator;

do $$
declare
  signature regprocedure;
begin
  for signature in
    select p.oid from pg_catalog.pg_proc p
    where p.pronamespace = 'tenantry'::regnamespace
      and p.proname in ('create_policies', 'policies_are_true', 'enforce_policies', 'revoke_excess', 'own_table',
        'add_tenant_column', 'add_tenant_keys', 'warnings', 'classify', 'grant_access', 'assign', 'protect', 'share', 'restrict')
  loop
    execute pg_catalog.format('revoke execute on function %s from public', signature);
  end loop;
end
$$;
