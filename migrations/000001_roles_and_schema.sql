-- run as: migrator
-- The four roles and the schema. Roles belong to the whole cluster, so they may be here already:
-- from another database, or made beforehand by an administrator where the migrator has no CREATEROLE.

do $$
declare
  role_name text;
begin
  foreach role_name in array array['tenantry_owner', 'tenantry_app', 'tenantry_operator', 'tenantry_identity'] loop
    if not exists (select from pg_catalog.pg_roles where rolname = role_name) then
      begin
        execute pg_catalog.format(
          'create role %I nologin nosuperuser nocreatedb nocreaterole noreplication nobypassrls', role_name);
      exception when duplicate_object or unique_violation then
        null; -- a migration of another database made it at the same moment
      end;
    end if;
  end loop;

  if exists (
    select from pg_catalog.pg_roles
    where rolname in ('tenantry_owner', 'tenantry_app', 'tenantry_operator', 'tenantry_identity')
      and (rolsuper or rolbypassrls or rolcreaterole or rolreplication)
  ) then
    raise exception 'a role tenantry_* has SUPERUSER, BYPASSRLS, CREATEROLE or REPLICATION'
      using hint = 'alter role … nosuperuser nobypassrls nocreaterole noreplication';
  end if;

  -- From PostgreSQL 16 on, whoever makes a role is a member that may not SET ROLE to it.
  if not pg_catalog.pg_has_role(current_user, 'tenantry_owner',
    case when pg_catalog.current_setting('server_version_num')::integer >= 160000 then 'SET' else 'MEMBER' end) then
    execute pg_catalog.format('grant tenantry_owner to %I', current_user);
  end if;
end
$$;

create schema tenantry authorization tenantry_owner;
set local role tenantry_owner; -- the migrator may be a member that does not inherit
grant usage on schema tenantry to tenantry_app, tenantry_operator, tenantry_identity;
reset role;

-- What only the database's owner may change. Where the migrator is not that owner the statement is
-- left out, and the start-up check (src/database/self-check.ts) reports it.
do $$
begin
  -- A temporary table shadows a real one for the rest of a pooled session.
  execute pg_catalog.format('revoke temporary on database %I from public', pg_catalog.current_database());
  execute pg_catalog.format('grant connect on database %I to tenantry_app, tenantry_operator, tenantry_identity', pg_catalog.current_database());
exception when insufficient_privilege then
  raise notice 'TEMP could not be revoked from PUBLIC: %', sqlerrm;
end
$$;

do $$
begin
  revoke create on schema public from public;
  -- ALTER TABLE … OWNER TO asks the new owner for CREATE on the table's schema.
  grant create, usage on schema public to tenantry_owner;
exception when insufficient_privilege or invalid_schema_name then
  raise notice 'privileges on schema public could not be set: %', sqlerrm;
end
$$;
