import type pg from "pg";
import { readCatalogHere } from "../catalog/read-catalog.js";
import { nameOf } from "../catalog/names.js";
import { subjectOf } from "../subject/read-subject.js";
import type { Subject } from "../subject/subject.js";
import { commandVerdicts, type CommandVerdict } from "./index.js";

/** The application's role of the suites; made and dropped with each transaction. */
export const appRole = `policies_app_${process.pid}`;
export const groupRole = `policies_group_${process.pid}`;

/** Two tenants' tables as an application has them, with nothing to keep the tenants apart yet. */
const tables = `
  create role ${appRole} login;
  create role ${groupRole} nologin;
  create schema app;
  create table app.organizations (id uuid primary key, slug text unique);
  create table app.members (
    tenant_id uuid not null references app.organizations, user_id uuid not null, role text,
    primary key (tenant_id, user_id));
  create table app.admins (user_id uuid primary key);
  create table app.projects (
    id uuid primary key, tenant_id uuid not null references app.organizations, name text,
    owner_id uuid, is_public boolean, deleted_at timestamptz, unique (tenant_id, id));
  create table app.tasks (
    id uuid primary key, project_id uuid not null references app.projects, done boolean);
  create table app.notes (
    id uuid primary key, tenant_id uuid, project_id uuid, body text);
  create table app.codes (tenant varchar(20) not null, number int not null);
  create schema auth;
  create function auth.uid() returns uuid language sql stable as $$
    select coalesce(nullif(current_setting('request.jwt.claim.sub', true), ''),
      (nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'sub'))::uuid $$;
  create function auth.jwt() returns jsonb language sql stable as $$
    select coalesce(nullif(current_setting('request.jwt.claim', true), ''),
      nullif(current_setting('request.jwt.claims', true), ''))::jsonb $$;
  create function auth.role() returns text language sql stable as $$
    select coalesce(nullif(current_setting('request.jwt.claim.role', true), ''),
      (nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'role'))::text $$;
  grant usage on schema app to ${appRole}, ${groupRole};
  grant select, insert, update, delete on all tables in schema app to ${appRole}, ${groupRole};
  alter table app.projects enable row level security;
  alter table app.tasks enable row level security;
  alter table app.notes enable row level security;
  alter table app.codes enable row level security;`;

/** The tenants and the user of the suites: the user is a member of the first alone. */
export const own = "00000000-0000-7000-8000-00000000000a";
export const foreign = "00000000-0000-7000-8000-00000000000b";
const user = "00000000-0000-7000-8000-0000000000cc";

const rows = `
  insert into app.organizations values ('${own}', 'a'), ('${foreign}', 'b');
  insert into app.members values ('${own}', '${user}');
  insert into app.projects (id, tenant_id, is_public) values
    (gen_random_uuid(), '${own}', true), (gen_random_uuid(), '${foreign}', true);
  set local app.tenant_id = '${own}';
  set local app.tenants = '${own}';
  set local app.slug = 'a';
  set local app.claims = '{"tenant": "${own}"}';
  set local request.jwt.claims =
    '{"sub": "${user}", "orgs": ["${own}"], "app_metadata": {"org_id": "${own}"}}';`;

/** A connection whose transaction is never committed: the tables are there, and nothing of a test stays. */
export async function openTables(client: pg.Client): Promise<void> {
  await client.query("begin");
  await client.query(`${tables} savepoint bare`);
}

/** Runs the SQL on top of the tables and reads what is there. */
export async function subjectWith(client: pg.Client, sql: string): Promise<Subject> {
  try {
    await client.query(named(sql));
    const catalog = await readCatalogHere(client);
    const manifest = {
      version: 1 as const,
      suppressions: [],
      tables: { "app.tasks": { class: "tenant" as const } },
    };
    const options = {
      tenantColumns: ["tenant_id", "tenant"],
      root: "app.organizations",
      appRoles: [appRole],
    };
    return subjectOf(catalog, new Map(), options, manifest);
  } finally {
    await client.query("rollback to savepoint bare");
  }
}

/** The verdicts for the application's role, by command. */
export async function verdictsWith(
  client: pg.Client,
  sql: string,
  table: string,
): Promise<Record<string, CommandVerdict>> {
  return verdictsIn(await subjectWith(client, sql), table);
}

export function verdictsIn(subject: Subject, table: string): Record<string, CommandVerdict> {
  const found = [...subject.tables.values()].find(({ relation }) => nameOf(relation) === table)!;
  const verdicts = commandVerdicts(subject, found, subject.appRoles[0]!);
  return Object.fromEntries(verdicts.map((each) => [each.command, each]));
}

/** A table like app.projects for each text, with it as a policy FOR ALL; their names are by place. */
export function projectsUnder(texts: readonly string[]): string {
  return texts
    .map((text, index) => {
      const name = projectsName(index);
      return `create table app.${name} (like app.projects including all);
        grant select, insert, update, delete on app.${name} to {app};
        alter table app.${name} enable row level security;
        create policy p on app.${name} using (${text.replaceAll("projects.", `${name}.`)});`;
    })
    .join("\n");
}

export const projectsName = (index: number) => `projects_${index}`;

/** The tenants whose rows of app.projects, or a table like it, the application's role really sees as the first tenant's user. */
export async function tenantsSeen(
  client: pg.Client,
  sql: string,
  tables: readonly string[],
): Promise<readonly (readonly string[])[]> {
  const seen: string[][] = [];
  try {
    await client.query(named(sql));
    await client.query(rows);
    for (const table of tables.filter((each) => each !== "projects")) {
      await client.query(`insert into app.${table} select * from app.projects`);
    }
    await client.query(`grant usage on schema auth to ${appRole}; set local role ${appRole}`);
    for (const table of tables) {
      const { rows: found } = await client.query<{ tenant_id: string }>(
        `select distinct tenant_id from app.${table}`,
      );
      seen.push(found.map(({ tenant_id: tenant }) => tenant));
    }
  } finally {
    await client.query("rollback to savepoint bare");
  }
  return seen;
}

const named = (sql: string) => sql.replaceAll("{app}", appRole).replaceAll("{group}", groupRole);
