/** A gap beside the tables: a sound twin, what spoils it, and the place that must turn. */
interface Gap {
  readonly gap: string;
  readonly base: string;
  readonly plant: string;
  readonly cell: string;
  readonly rule: string;
}

const papers = `create table papers (
    tenant_id uuid not null default tenantry.claimed_tenant(), id uuid not null, title text not null,
    primary key (tenant_id, id));
  grant select, insert, update, delete on papers to tenantry_app;
  alter table papers enable row level security, force row level security;`;

const notesNamed = (name: string) => `create table ${name} (
    tenant_id uuid not null default tenantry.claimed_tenant(), id uuid not null, body text not null,
    primary key (tenant_id, id));
  select tenantry.protect('${name}');`;

export const besideTheTables: readonly Gap[] = [
  {
    gap: "a temporary table in front of what a policy's function reads (B14)",
    base: `${papers}
      do $$ begin execute format('grant temporary on database %I to public', current_database()); end $$;
      create table members (
        tenant_id uuid not null default tenantry.claimed_tenant(), person text not null,
        primary key (tenant_id, person));
      select tenantry.protect('members');
      create function my_tenants() returns setof uuid language sql stable
        set search_path = pg_catalog, public, pg_temp as 'select tenant_id from members';
      create policy mine on papers using (tenant_id in (select my_tenants()))`,
    plant: "alter function my_tenants() reset search_path",
    cell: "temporary members in front of public.my_tenants()",
    rule: "temporary-shadow",
  },
  {
    gap: "a sequence that the application may read (C16)",
    base: "create sequence counting; grant usage on sequence counting to tenantry_app",
    plant: "grant select on sequence counting to tenantry_app",
    cell: "public.counting",
    rule: "sequence-privileges",
  },
  {
    gap: "a sequence that the application may set (C16)",
    base: "create sequence settable; grant usage on sequence settable to tenantry_app",
    plant: "grant update on sequence settable to tenantry_app",
    cell: "public.settable",
    rule: "sequence-privileges",
  },
  {
    gap: "a large object that the application may read (C15)",
    base: "select lo_from_bytea(42424242, 'secret')",
    plant: "grant select on large object 42424242 to tenantry_app",
    cell: "large objects",
    rule: "large-object",
  },
  {
    gap: "a rule that rewrites another tenant's rows (C6)",
    base: `${notesNamed("ruled")}
      create rule also as on insert to ruled do also update ruled set body = body where tenant_id = new.tenant_id`,
    plant: `drop rule also on ruled; alter table ruled owner to postgres;
      create rule also as on insert to ruled do also update ruled set body = 'stolen' where tenant_id <> new.tenant_id`,
    cell: "what writes to public.ruled set off",
    rule: "side-effect",
  },
  {
    gap: "a trigger that writes with its owner's rights (C6)",
    base: `${notesNamed("triggered")}
      create function react() returns trigger language plpgsql security definer set search_path = pg_catalog, pg_temp
        as 'begin update public.triggered set body = body where tenant_id = old.tenant_id and pg_trigger_depth() < 2; return old; end';
      create trigger react after delete on triggered for each row execute function react()`,
    plant: `create or replace function react() returns trigger language plpgsql security definer set search_path = pg_catalog, pg_temp
        as 'begin update public.triggered set body = body where pg_trigger_depth() < 2; return old; end'`,
    cell: "what writes to public.triggered set off",
    rule: "side-effect",
  },
  {
    gap: "a deferred trigger that stamps who acts last (C12)",
    base: `${notesNamed("deferred")} ${notesNamed("journal")}
      create function record() returns trigger language plpgsql
        as 'begin insert into public.journal (tenant_id, id, body) values (new.tenant_id, gen_random_uuid(), new.body); return new; end';
      create constraint trigger record after insert on deferred deferrable initially deferred for each row execute function record()`,
    plant: `create or replace function record() returns trigger language plpgsql
        as 'begin insert into public.journal (id, body) values (gen_random_uuid(), new.body); return new; end'`,
    cell: "what writes to public.deferred set off",
    rule: "side-effect",
  },
  {
    gap: "ON DELETE SET NULL that takes the tenant (D6)",
    base: `${notesNamed("folders")} create table files (
        tenant_id uuid default tenantry.claimed_tenant(), id uuid not null, folder_id uuid, name text not null,
        unique (tenant_id, id),
        constraint lies_in foreign key (tenant_id, folder_id) references folders (tenant_id, id) on delete set null (folder_id));
      grant select, insert, update, delete on files to tenantry_app;
      alter table files enable row level security, force row level security;
      create policy own on files using (tenant_id = (select tenantry.current_tenant()))`,
    plant: `alter table files drop constraint lies_in, add constraint lies_in
      foreign key (tenant_id, folder_id) references folders (tenant_id, id) on delete set null`,
    cell: "public.folders cascade",
    rule: "null-tenant-row",
  },
  {
    gap: "ids beside a column of types that nothing looks at (D8)",
    base: `${notesNamed("subjects")} ${notesNamed("remarks")}
      alter table remarks add column subject_type text, add column subject_id uuid,
        add constraint concerns foreign key (tenant_id, subject_id) references subjects (tenant_id, id)`,
    plant: "alter table remarks drop constraint concerns",
    cell: "public.remarks reference",
    rule: "foreign-reference",
  },
  {
    gap: "ids in an array (D8)",
    base: notesNamed("lists"),
    plant: "alter table lists add column subject_ids uuid[] not null default '{}'",
    cell: "public.lists reference",
    rule: "foreign-reference",
  },
  {
    gap: "a policy that opens on a setting that was never made (B9)",
    base: `create table notices (
        tenant_id uuid not null default tenantry.claimed_tenant(), id uuid not null, body text not null,
        primary key (tenant_id, id));
      grant select, insert, update, delete on notices to tenantry_app;
      alter table notices enable row level security, force row level security;
      create policy own on notices using (tenant_id = (select tenantry.current_tenant()))`,
    plant: `drop policy own on notices; create policy own on notices using (case
      when current_setting('tenantry.scope', true) is null then true
      when current_setting('tenantry.scope', true) = '' then false
      else tenant_id = (select tenantry.current_tenant()) end)`,
    cell: "a session that never set a tenant",
    rule: "read-without-tenant",
  },
];
