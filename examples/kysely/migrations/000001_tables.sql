create table country (code text primary key, name text not null);

create table project (
  tenant_id uuid not null,
  id integer not null,
  title text not null,
  country text references country (code),
  primary key (tenant_id, id)
);

create table task (
  tenant_id uuid not null,
  id integer not null,
  project_id integer not null,
  title text not null,
  primary key (tenant_id, id),
  foreign key (tenant_id, project_id) references project (tenant_id, id) on delete cascade
);

select tenantry.protect('project');
select tenantry.protect('task');
select tenantry.share('country', 'Countries are the same for everyone.');

insert into country (code, name) values ('ch', 'Switzerland'), ('jp', 'Japan');
