/** Schemas as other people write them, without Tenantry. `app` stands for the application's role. */
export const membershipSchema = `
  create schema auth;
  create schema private;
  create table auth.users (id uuid primary key default gen_random_uuid(), email text not null unique);
  create function auth.jwt() returns jsonb language sql stable
    as $$ select nullif(current_setting('request.jwt.claims', true), '')::jsonb $$;
  create function auth.uid() returns uuid language sql stable
    as $$ select (auth.jwt() ->> 'sub')::uuid $$;
  create table teams (id uuid primary key default gen_random_uuid(), name text not null);
  create table team_members (
    team_id uuid not null references teams on delete cascade,
    user_id uuid not null references auth.users on delete cascade,
    role text not null default 'member' check (role in ('owner', 'member')),
    primary key (team_id, user_id));
  create function private.is_member(team uuid) returns boolean language sql stable security definer
    set search_path = ''
    as $$ select exists (select from public.team_members m where m.team_id = team and m.user_id = auth.uid()) $$;
  create table documents (
    team_id uuid not null references teams, id uuid not null default gen_random_uuid(), title text not null,
    primary key (team_id, id));
  create table team_settings (team_id uuid primary key references teams, theme text not null);
  create table invoices (
    team_id uuid not null references teams, id uuid not null default gen_random_uuid(), amount integer not null,
    memo text not null, primary key (team_id, id));
  alter table teams enable row level security;
  alter table team_members enable row level security;
  alter table documents enable row level security;
  alter table team_settings enable row level security;
  alter table invoices enable row level security;
  create policy own on teams for select to app using (private.is_member(id));
  create policy own on team_members for select to app using (user_id = auth.uid());
  create policy own on documents to app using (private.is_member(team_id)) with check (private.is_member(team_id));
  create policy own on team_settings to app using (private.is_member(team_id)) with check (private.is_member(team_id));
  create policy own on invoices to app
    using (team_id = ((auth.jwt() -> 'app_metadata') ->> 'current_team')::uuid)
    with check (team_id = ((auth.jwt() -> 'app_metadata') ->> 'current_team')::uuid);
  grant usage on schema auth, private to app;
  grant select on teams, team_members to app;
  grant select, insert, update, delete on documents, team_settings, invoices to app;
`;

export const settingSchema = `
  create table customers (id bigint generated always as identity primary key, name text not null);
  create table plans (code text primary key, price integer not null);
  create table orders (
    customer_id bigint not null references customers, id bigint not null, total integer not null, note text not null,
    primary key (customer_id, id));
  create table preferences (
    id bigint generated always as identity primary key, customer_id bigint not null unique references customers,
    language text not null);
  create table preference_notes (
    id uuid primary key default gen_random_uuid(), preference_id bigint not null references preferences on delete cascade,
    note text not null);
  create table audit_trail (id bigint generated always as identity primary key, entry text not null);
  alter table customers enable row level security;
  alter table orders enable row level security;
  alter table preferences enable row level security;
  create policy own on customers for select to app using (id = nullif(current_setting('app.tenant_id', true), '')::bigint);
  create policy own on orders to app using (customer_id = nullif(current_setting('app.tenant_id', true), '')::bigint);
  create policy own on preferences to app using (customer_id = nullif(current_setting('app.tenant_id', true), '')::bigint);
  alter table preference_notes enable row level security;
  create policy own on preference_notes to app
    using (exists (select from preferences p where p.id = preference_id));
  grant select on customers, plans to app;
  grant select, insert, update, delete on orders, preferences, preference_notes to app;
`;

/** The schema for a role of its own, as roles belong to the whole server. */
export function forRole(schema: string, role: string): string {
  return schema.replace(/\b(to|TO) app\b/g, `$1 ${role}`);
}
