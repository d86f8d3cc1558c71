/** Migrations in which a rule must find something, and what mends them. */
export interface LintCase {
  readonly rule: string;
  readonly gap: string;
  /** Added to the gap, or in its place where it is `whole`. */
  readonly mend: string;
  readonly whole?: boolean;
}

/** A tenant's table with nothing to find. */
export const sound = `
create table projects (tenant_id uuid not null, id uuid not null, name text, primary key (tenant_id, id));
alter table projects enable row level security, force row level security;
create policy tenant on projects using (tenant_id = (select current_setting('app.tenant')::uuid));
`;

const table = "create table t (tenant_id uuid not null, id uuid, primary key (tenant_id, id));";
const secure = "alter table t enable row level security, force row level security;";
const floor =
  "create policy p on t using (tenant_id = (select current_setting('app.tenant')::uuid));";
const policy = (text: string) =>
  `drop policy tenant on projects; create policy p on projects ${text};`;
const good =
  "alter policy p on projects using (tenant_id = (select current_setting('app.tenant')::uuid));";
const definer = (rest: string) =>
  `create function f() returns int language sql security definer ${rest} as 'select 1';`;

export const cases: readonly LintCase[] = [
  { rule: "row-security-off", gap: `${table} ${floor}`, mend: secure },
  { rule: "row-security-off", gap: table, mend: "select tenantry.protect('t');" },
  { rule: "row-security-off", gap: table, mend: `do $$ begin ${secure} ${floor} end $$;` },
  { rule: "row-security-off", gap: table, mend: "drop table t;" },
  {
    rule: "row-security-switched-off",
    gap: "alter table projects disable row level security;",
    mend: "alter table projects enable row level security;",
  },
  {
    rule: "row-security-switched-off",
    gap: "alter table projects no force row level security;",
    mend: "alter table projects force row level security;",
  },
  {
    rule: "row-security-not-forced",
    gap: `${table} alter table t enable row level security; ${floor}`,
    mend: secure,
  },
  {
    rule: "row-security-without-policy",
    gap: "drop policy tenant on projects;",
    mend: "create policy x on projects using (tenant_id = f());",
  },
  {
    rule: "table-unclassified",
    gap: "select tenantry.protect('projects'); create table x (id int);",
    mend: "select tenantry.share('x', 'the same for all');",
  },
  {
    rule: "foreign-table",
    gap: "create foreign table f (tenant_id uuid) server s;",
    mend: "drop foreign table f;",
  },
  {
    rule: "row-security-off",
    gap: "create table part partition of projects for values in (1);",
    mend: "select tenantry.protect('projects');",
  },
  {
    rule: "tenant-column-nullable",
    gap: "alter table projects alter tenant_id drop not null;",
    mend: "alter table projects alter tenant_id set not null;",
  },
  {
    rule: "tenant-column-lossy",
    gap: "alter table projects alter tenant_id type citext;",
    mend: "alter table projects alter tenant_id type uuid using tenant_id::uuid;",
  },
  {
    rule: "tenant-column-retyped",
    gap: "alter table projects alter tenant_id type bigint;",
    mend: "alter table projects alter tenant_id type uuid using x;",
  },
  {
    rule: "tenant-column-default",
    gap: "alter table projects alter tenant_id set default 'a'::uuid;",
    mend: "alter table projects alter tenant_id set default current_tenant();",
  },
  {
    rule: "unique-without-tenant",
    gap: "create unique index u on projects (name);",
    mend: "drop index u;",
  },
  {
    rule: "unique-without-tenant",
    gap: "alter table projects add constraint u unique (name);",
    mend: "alter table projects drop constraint u, add constraint u unique (tenant_id, name);",
  },
  {
    rule: "unique-without-tenant",
    gap: "alter table projects add constraint u exclude using gist (name with =);",
    mend: "alter table projects drop constraint u;",
  },
  {
    rule: "reference-without-tenant",
    gap: "alter table projects add parent uuid, add constraint r foreign key (parent) references projects (id) on delete cascade;",
    mend: "alter table projects drop constraint r, add constraint r foreign key (tenant_id, parent) references projects (tenant_id, id);",
  },
  {
    rule: "reference-nulls-tenant",
    gap: "alter table projects add parent uuid, add constraint r foreign key (tenant_id, parent) references projects (tenant_id, id) on delete set null;",
    mend: "alter table projects drop constraint r, add constraint r foreign key (tenant_id, parent) references projects (tenant_id, id) on delete set null (parent);",
  },
  {
    rule: "constraint-not-validated",
    gap: "alter table projects add constraint c check (name <> '') not valid;",
    mend: "alter table projects validate constraint c;",
  },
  { rule: "policy-always-true", gap: policy("using (true)"), mend: good },
  {
    rule: "policy-always-true",
    gap: policy("for insert with check (true)"),
    mend: "drop policy p on projects;",
  },
  {
    rule: "policy-always-true",
    gap: policy("using (true)"),
    mend: "create policy floor on projects as restrictive using (tenant_id = (select f()));",
  },
  {
    rule: "policy-open-when-unset",
    gap: policy("using (tenant_id = f() or current_setting('app.tenant', true) is null)"),
    mend: good,
  },
  {
    rule: "policy-open-when-unset",
    gap: policy("using (tenant_id = f() or current_setting('app.tenant', true) = '')"),
    mend: good,
  },
  {
    rule: "policy-shows-tenantless-rows",
    gap: `alter table projects drop constraint projects_pkey, alter tenant_id drop not null; ${policy("using (tenant_id = f() or tenant_id is null)")}`,
    mend: "alter table projects alter tenant_id set not null;",
  },
  {
    rule: "policy-bypass-setting",
    gap: policy("using (tenant_id = f() or current_setting('app.bypass', true) = 'on')"),
    mend: good,
  },
  { rule: "policy-compares-with-itself", gap: policy("using (tenant_id = tenant_id)"), mend: good },
  {
    rule: "policy-compares-with-itself",
    gap: `create table m (tenant_id uuid not null, who text, primary key (tenant_id, who)); alter table m enable row level security, force row level security; create policy seen on m using (who = current_user); ${policy("using (exists (select from m where m.tenant_id = tenant_id))")}`,
    mend: good,
  },
  { rule: "policy-without-tenant", gap: policy("using (name = 'x')"), mend: good },
  {
    rule: "policy-without-tenant",
    gap: `create table m (tenant_id uuid not null, who text, primary key (tenant_id, who)); ${policy("using (exists (select from m where m.tenant_id = projects.tenant_id))")}`,
    mend: good,
  },
  {
    rule: "policy-open-when-unset",
    gap: policy(
      "using (tenant_id = coalesce(nullif(current_setting('app.tenant', true), '')::uuid, tenant_id))",
    ),
    mend: good,
  },
  {
    rule: "policy-bypass-setting",
    gap: `create function is_support() returns boolean language plpgsql stable as $$ begin return current_setting('app.support', true) = 'on'; end $$; ${policy("using (tenant_id = f() or is_support())")}`,
    mend: good,
  },
  {
    rule: "policy-bypass-setting",
    gap: `create function is_support() returns boolean language sql stable return current_setting('app.support', true) = 'on'; ${policy("using (tenant_id = f() or is_support())")}`,
    mend: good,
  },
  {
    rule: "policy-cuts-value",
    gap: policy("using (left(tenant_id::text, 8) = left(current_setting('app.tenant', true), 8))"),
    mend: good,
  },
  {
    rule: "policy-without-tenant",
    gap: policy("for update using (tenant_id = f()) with check (name <> '')"),
    mend: "drop policy p on projects;",
  },
  { rule: "policy-not-understood", gap: policy("using (may_see(id))"), mend: good },
  { rule: "policy-casts-column", gap: policy("using (tenant_id::text = f())"), mend: good },
  { rule: "policy-cuts-value", gap: policy("using (tenant_id = f()::varchar(9))"), mend: good },
  {
    rule: "floor-for-some-roles",
    gap: "create policy floor on projects as restrictive to app using (tenant_id = f());",
    mend: "alter policy floor on projects to public;",
  },
  {
    rule: "policies-without-floor",
    gap: "create policy more on projects using (tenant_id = f());",
    mend: "drop policy more on projects;",
  },
  {
    rule: "view-without-security-invoker",
    gap: "create view v as select * from projects;",
    mend: "alter view v set (security_invoker = true);",
  },
  {
    rule: "view-without-security-invoker",
    gap: "create view v with (security_invoker) as select * from projects; create view w as select * from v;",
    mend: "create or replace view w with (security_invoker) as select * from v;",
  },
  {
    rule: "view-loses-option",
    gap: "create view v with (security_invoker = on) as select * from projects; create or replace view v as select id from projects;",
    mend: "alter view v set (security_invoker = on);",
  },
  {
    rule: "materialized-view",
    gap: "create materialized view m as select * from projects;",
    mend: "drop materialized view m;",
  },
  {
    rule: "definer-search-path",
    gap: `${definer("")} revoke execute on function f() from public;`,
    mend: "alter function f() set search_path = public, pg_temp;",
  },
  {
    rule: "definer-search-path",
    gap: `${definer("set search_path = public")} revoke execute on function f() from public;`,
    mend: "alter function f() set search_path = '';",
  },
  {
    rule: "definer-for-everyone",
    gap: definer("set search_path = ''"),
    mend: "revoke execute on function f() from public;",
  },
  {
    rule: "definer-for-everyone",
    gap: definer("set search_path = ''"),
    mend: "revoke execute on all functions in schema public from public;",
  },
  {
    rule: "context-immutable",
    gap: "create function f() returns text language sql immutable as $$ select current_setting('app.tenant') $$;",
    mend: "alter function f() stable;",
  },
  {
    rule: "grant-too-much",
    gap: "grant all on projects to app;",
    mend: "revoke truncate, trigger, references on projects from app;",
  },
  {
    rule: "grant-too-much",
    gap: "grant truncate on projects to app;",
    mend: "revoke all on projects from app;",
  },
  {
    rule: "grant-to-public",
    gap: "grant select on projects to public;",
    mend: "revoke all on projects from public;",
  },
  {
    rule: "grant-on-all-tables",
    gap: "grant select on all tables in schema public to app;",
    mend: "revoke all on all tables in schema public from app;",
  },
  {
    rule: "default-privileges",
    gap: "alter default privileges in schema public grant select on tables to app;",
    mend: "alter default privileges in schema public revoke select on tables from app;",
  },
  {
    rule: "role-passes-row-security",
    gap: "alter role app bypassrls;",
    mend: "alter role app nobypassrls;",
  },
  { rule: "role-passes-row-security", gap: "create role app superuser;", mend: "drop role app;" },
  {
    rule: "owner-changed",
    gap: "alter table projects owner to app;",
    mend: "alter table projects owner to tenantry_owner;",
  },
  { rule: "set-role-left", gap: "set role app;", mend: "set role app; reset role;", whole: true },
  {
    rule: "session-setting-left",
    gap: "set app.tenant = 'a';",
    mend: "set app.tenant = 'a'; reset app.tenant;",
    whole: true,
  },
  {
    rule: "triggers-off-in-session",
    gap: "set session_replication_role = replica;",
    mend: "set session_replication_role = replica; set session_replication_role = origin;",
    whole: true,
  },
  {
    rule: "default-tenant",
    gap: "alter role app set app.tenant = 'a';",
    mend: "alter role app reset app.tenant;",
  },
  {
    rule: "publication-of-everything",
    gap: "create publication p for all tables;",
    mend: "alter publication p set table projects;",
  },
  {
    rule: "trigger-disabled",
    gap: "alter table projects disable trigger stamp;",
    mend: "alter table projects enable trigger stamp;",
  },
  {
    rule: "rewrite-rule",
    gap: "create rule r as on insert to projects do also delete from projects;",
    mend: "drop rule r on projects;",
  },
  {
    rule: "dynamic-sql-not-understood",
    gap: "do $$ begin execute 'alter table ' || name() || ' disable row level security'; end $$;",
    mend: "",
    whole: true,
  },
  { rule: "statement-not-understood", gap: "creat table projects;", mend: "", whole: true },
  { rule: "psql-command", gap: "\\i more.sql\n", mend: "", whole: true },
  {
    rule: "ignore-comment-invalid",
    gap: "-- tenantry-lint-ignore unique-without-tenant\nselect 1;",
    mend: "",
    whole: true,
  },
];

/** Policies of `projects` that hold it to one tenant, however far round. */
export const soundPolicies: readonly string[] = [
  "using (tenant_id = current_setting('app.tenant')::uuid and name <> '')",
  "using (current_setting('app.tenant', true) is not null and tenant_id = any (string_to_array(current_setting('app.tenant', true), ',')::uuid[]))",
  "using (tenant_id in (select m.tenant_id from members m where m.who = current_setting('app.user', true)))",
  "using (exists (select from members m where m.tenant_id = projects.tenant_id and m.who = current_setting('app.user', true)))",
  "using (is_mine(tenant_id))",
  "using ((select tenant_of()) = tenant_id)",
  "using (tenant_id = auth.tenant_id())",
];

export const helpers = `
create table members (tenant_id uuid not null, who text not null, primary key (tenant_id, who));
alter table members enable row level security, force row level security;
create policy own on members using (tenant_id = current_setting('app.tenant', true)::uuid);
create function tenant_of() returns uuid language sql stable as
  $$ select nullif(current_setting('app.tenant', true), '')::uuid $$;
create function is_mine(org uuid) returns boolean language plpgsql stable as
  $$ begin return org = tenant_of(); end $$;
`;
