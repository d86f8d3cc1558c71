create table public.projects (
  tenant_id uuid not null,
  id uuid not null default gen_random_uuid(),
  name text not null,
  notes text not null default '',
  archived boolean not null default false,
  primary key (tenant_id, id),
  unique (tenant_id, name)
);
create table public.tasks (
  tenant_id uuid not null,
  id uuid not null default gen_random_uuid(),
  project_id uuid not null,
  title text not null,
  primary key (tenant_id, id),
  foreign key (tenant_id, project_id) references public.projects (tenant_id, id) on delete cascade
);
select tenantry.protect('public.projects');
select tenantry.protect('public.tasks');
