import { literal, sqlName } from "../../catalog/names.js";
import type { Relation } from "../../catalog/relation.js";
import type { Adoption } from "../adoption.js";
import { viewsOver } from "./stages/views.js";
import { dollarQuoted } from "./sql.js";

/** Stops before anything is changed where the login could not go all the way, or not back. */
export function mayRun(adoption: Adoption): string {
  const tables = [
    ...adoption.tables.flatMap(({ relation, partitions }) => [relation, ...partitions]),
    ...adoption.shared.map(({ relation }) => relation),
  ];
  return dollarQuoted(`declare
  changed constant regclass[] := ${arrayOf([...tables, ...viewsOver(adoption)])};
  read constant regclass[] := ${arrayOf(adoption.tables.map(({ relation }) => relation))};
  sees_all constant boolean := (select rolsuper or rolbypassrls from pg_catalog.pg_roles where rolname = current_user);
  may_become constant text := case when pg_catalog.current_setting('server_version_num')::integer >= 160000 then 'SET' else 'MEMBER' end;
  who constant text := pg_catalog.quote_ident(current_user);
  strangers text;
begin
  if not pg_catalog.has_database_privilege(current_database(), 'CREATE') then
    raise exception '% may make no schema in this database', who
      using hint = pg_catalog.format('As its owner: grant create on database %I to %s', current_database(), who);
  end if;
  if not (pg_catalog.pg_has_role('tenantry_owner', 'USAGE') and pg_catalog.pg_has_role('tenantry_owner', may_become)) then
    raise exception '% is no member of tenantry_owner that has its rights and may become it', who
      using hint = pg_catalog.format('As a superuser, or whoever made the role: grant tenantry_owner to %s', who);
  end if;
  select string_agg(c.oid::regclass::text, ', ') into strangers from pg_catalog.pg_class c
    where c.oid = any (changed) and c.relowner <> 'tenantry_owner'::regrole
      and not (pg_catalog.pg_has_role(c.relowner, 'USAGE') and pg_catalog.pg_has_role(c.relowner, may_become));
  if strangers is not null then
    raise exception '% neither owns these nor may become who does: %', who, pg_catalog.left(strangers, 500)
      using hint = 'Log in as their owner or as a superuser; or make their owner''s role a role of this login''s.';
  end if;
  select string_agg(distinct n.nspname, ', ') into strangers from pg_catalog.pg_class c
    join pg_catalog.pg_namespace n on n.oid = c.relnamespace
    where c.oid = any (changed) and not pg_catalog.has_schema_privilege('tenantry_owner', n.oid, 'CREATE')
      and not pg_catalog.has_schema_privilege(n.oid, 'CREATE WITH GRANT OPTION');
  if strangers is not null then
    raise exception '% may not let tenantry_owner into the schemas %', who, strangers
      using hint = 'As their owner: grant create, usage on schema … to tenantry_owner; and usage to tenantry_app and tenantry_operator.';
  end if;
  select string_agg(c.oid::regclass::text, ', ') into strangers from pg_catalog.pg_class c
    where c.oid = any (read) and c.relrowsecurity and c.relforcerowsecurity and not sees_all
      and c.relowner <> 'tenantry_owner'::regrole;
  if strangers is not null then
    raise exception 'row security is forced, so that % may not see all rows of: %', who, pg_catalog.left(strangers, 500)
      using hint = 'Log in as a superuser or a role with BYPASSRLS, or say ALTER TABLE … NO FORCE ROW LEVEL SECURITY for the time of the migration.';
  end if;
end`);
}

function arrayOf(relations: readonly Relation[]): string {
  return `array[${relations.map((relation) => literal(sqlName(relation))).join(", ")}]::regclass[]`;
}
