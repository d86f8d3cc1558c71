-- The tracker's tables. Primary and foreign keys lead with the tenant: a row can only point to
-- rows of its own tenant, and the same id may exist in each.

create table public.currencies (
  code text primary key check (code ~ '^[A-Z]{3}$'),
  name text not null
);
insert into public.currencies (code, name) values
  ('CHF', 'Swiss franc'), ('EUR', 'Euro'), ('GBP', 'Pound sterling'), ('USD', 'US dollar');

create table public.projects (
  tenant_id uuid not null,
  id integer not null check (id > 0),
  name text not null check (char_length(name) between 1 and 120),
  description text not null default '' check (char_length(description) <= 2000),
  status text not null default 'planned' check (status in ('planned', 'active', 'done')),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (tenant_id, id)
);

create table public.documents (
  tenant_id uuid not null,
  id integer not null check (id > 0),
  project_id integer not null,
  title text not null check (char_length(title) between 1 and 200),
  body text not null check (char_length(body) <= 20000),
  created_at timestamptz not null default now(),
  primary key (tenant_id, id),
  foreign key (tenant_id, project_id) references public.projects (tenant_id, id) on delete cascade
);
create index on public.documents (tenant_id, project_id);

create table public.invoices (
  tenant_id uuid not null,
  id integer not null check (id > 0),
  project_id integer not null,
  currency text not null references public.currencies (code),
  amount numeric(12, 2) not null check (amount >= 0),
  status text not null check (status in ('draft', 'sent', 'paid')),
  issued_on date not null,
  primary key (tenant_id, id),
  foreign key (tenant_id, project_id) references public.projects (tenant_id, id) on delete cascade
);
create index on public.invoices (tenant_id, project_id);

-- The last id given out, for each tenant and kind: every tenant counts its own projects from 1.
create table public.counters (
  tenant_id uuid not null,
  name text not null check (name in ('projects')),
  last_id integer not null check (last_id >= 0),
  primary key (tenant_id, name)
);

-- One call a table makes it a tenant's. tenant_id gets its default, so no INSERT has to name it.
select tenantry.protect('public.projects');
select tenantry.protect('public.documents');
select tenantry.protect('public.invoices');
select tenantry.protect('public.counters');
select tenantry.share('public.currencies', 'Currencies are the same for every tenant.');
