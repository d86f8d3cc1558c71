import { createHash, createHmac } from "node:crypto";
import type pg from "pg";
import type { Tenantry } from "tenantry";
import { withClient } from "../migrate.js";
import type { DatabaseSettings } from "../settings.js";

/**
 * Makes the twin, or brings it up to date, and returns the URL of its login; null where the
 * migrating login may not make logins (CREATEROLE).
 */
export async function setUpUsualWay(
  tenantry: Tenantry,
  { migrationUrl, secret }: DatabaseSettings,
): Promise<string | null> {
  const login = await withClient(migrationUrl, async (client) => {
    const name = await loginName(client);
    const password = createHmac("sha256", secret).update(`tracker ${name}`).digest("hex");
    if (!(await ensureLogin(client, name, password))) return null;
    await makeTable(client, name);
    return { name, password };
  });
  if (login === null) return null;
  await fill(tenantry);
  const url = new URL(migrationUrl);
  url.username = login.name;
  url.password = login.password;
  return url.href;
}

/** Takes the twin and its login away: outside of the demo there is nothing left of it. */
export async function removeUsualWay({ migrationUrl }: DatabaseSettings): Promise<void> {
  await withClient(migrationUrl, async (client) => {
    const name = await loginName(client);
    await client.query("begin");
    await client.query(
      "delete from tenantry.manifest where relation = to_regclass('usual_way.documents')",
    );
    await client.query("drop schema if exists usual_way cascade");
    // Its rights went with the schema.
    await client.query(`drop role if exists ${name}`);
    await client.query("commit");
  });
}

/** Logins belong to the whole server, so the name is one for each database. */
async function loginName(client: pg.Client): Promise<string> {
  const { rows } = await client.query<{ name: string }>("select current_database() as name");
  const suffix = createHash("sha256").update(rows[0]!.name).digest("hex").slice(0, 12);
  return `tracker_usual_way_${suffix}`;
}

async function loginExists(client: pg.Client, name: string): Promise<boolean> {
  const { rowCount } = await client.query("select from pg_roles where rolname = $1", [name]);
  return rowCount === 1;
}

async function ensureLogin(client: pg.Client, name: string, password: string): Promise<boolean> {
  const { rows } = await client.query<{ allowed: boolean }>(
    "select rolcreaterole or rolsuper as allowed from pg_roles where rolname = current_user",
  );
  if (rows[0]?.allowed !== true) return false;
  if (!(await loginExists(client, name))) await client.query(`create role ${name}`);
  // The password is hexadecimal.
  await client.query(`alter role ${name} login connection limit 4 password '${password}'`);
  await client.query(`alter role ${name} set statement_timeout = '5s'`);
  return true;
}

async function makeTable(client: pg.Client, login: string): Promise<void> {
  await client.query("begin");
  for (const statement of tableStatements(login)) await client.query(statement);
  await client.query("commit");
}

/**
 * `restrict` puts the table into the manifest as the operator's: the app's login gets no right to
 * it. The grant and the policy after it are the usual way.
 */
function tableStatements(login: string): readonly string[] {
  return [
    "create schema if not exists usual_way",
    `create table if not exists usual_way.documents (
       tenant_id uuid not null, id integer not null, title text not null, body text not null,
       primary key (tenant_id, id))`,
    `select tenantry.restrict('usual_way.documents',
       'Demo only: a copy of documents behind a plain current_setting policy, to show how that is broken.')`,
    "alter table usual_way.documents enable row level security",
    "alter table usual_way.documents force row level security",
    "drop policy if exists usual_way on usual_way.documents",
    `create policy usual_way on usual_way.documents for select to ${login}
       using (tenant_id = current_setting('app.tenant', true)::uuid)`,
    "drop policy if exists copying on usual_way.documents",
    `create policy copying on usual_way.documents to tenantry_operator
       using ((select tenantry.operating())) with check ((select tenantry.operating()))`,
    `grant usage on schema usual_way to ${login}`,
    `grant select on usual_way.documents to ${login}`,
  ];
}

/** Reads every tenant's documents, so it is operator work: with a reason, and recorded. */
async function fill(tenantry: Tenantry): Promise<void> {
  const options = { actor: "tracker", reason: "copy the documents for the demo of the usual way" };
  await tenantry.asOperator(options, (db) =>
    db.query(`insert into usual_way.documents (tenant_id, id, title, body)
      select tenant_id, id, title, body from public.documents on conflict do nothing`),
  );
}
