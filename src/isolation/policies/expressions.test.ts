import pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createEmptyDatabase, type TestDatabase } from "../../../test/support/databases.js";
import { describeOnServers } from "../../../test/support/servers.js";
import type { Subject } from "../subject/subject.js";
import {
  foreign,
  openTables,
  projectsName,
  projectsUnder,
  subjectWith,
  tenantsSeen,
  verdictsIn,
  verdictsWith,
} from "./policies.test-support.js";

const setting = "nullif(current_setting('app.tenant_id', true), '')::uuid";

/** What one policy FOR ALL comes to for reading: the texts are deparsed by a real server first. */
const onProjects: readonly (readonly [text: string, verdict: string, why: RegExp])[] = [
  [`tenant_id = ${setting}`, "isolated", /compares the tenant with/],
  [`${setting} = tenant_id`, "isolated", /compares/],
  [`tenant_id = (select ${setting})`, "isolated", /compares/],
  [`tenant_id operator(pg_catalog.=) ${setting}`, "isolated", /compares/],
  [`tenant_id is not distinct from ${setting}`, "isolated", /compares/],
  [`not (tenant_id <> ${setting})`, "isolated", /compares/],
  [`not (tenant_id is distinct from ${setting})`, "isolated", /compares/],
  [`tenant_id::text = current_setting('app.tenant_id', true)`, "isolated", /compares/],
  [`(tenant_id = ${setting}) is true`, "isolated", /compares/],
  [`coalesce(tenant_id = ${setting}, false)`, "isolated", /compares/],
  [`case when is_public then tenant_id = ${setting} else false end`, "isolated", /compares/],
  [`tenant_id in (${setting})`, "isolated", /compares/],
  [
    `tenant_id = any (string_to_array(current_setting('app.tenants', true), ',')::uuid[])`,
    "isolated",
    /compares/,
  ],
  [`tenant_id = ${setting} and (is_public or owner_id = auth.uid())`, "isolated", /compares/],
  [
    `tenant_id = ((current_setting('app.claims', true)::jsonb) ->> 'tenant')::uuid`,
    "isolated",
    /compares/,
  ],
  [`tenant_id = ((auth.jwt() -> 'app_metadata') ->> 'org_id')::uuid`, "isolated", /compares/],
  [`(auth.jwt() -> 'orgs') ? tenant_id::text`, "isolated", /compares/],
  [`tenant_id::text = current_user`, "isolated", /compares/],
  [
    `tenant_id in (select m.tenant_id from app.members m where m.user_id = auth.uid())`,
    "isolated",
    /looks the tenant up in app.members/,
  ],
  [
    `exists (select 1 from app.members m where m.tenant_id = projects.tenant_id and m.user_id = (select auth.uid()))`,
    "isolated",
    /looks the tenant up/,
  ],
  [
    `tenant_id = any (array(select m.tenant_id from app.members m where m.user_id = auth.uid()))`,
    "isolated",
    /looks the tenant up/,
  ],
  [
    `tenant_id = (select o.id from app.organizations o where o.slug = current_setting('app.slug', true))`,
    "isolated",
    /looks the tenant up/,
  ],
  [
    `exists (select 1 from app.members m join app.organizations o on o.id = m.tenant_id where o.id = projects.tenant_id and m.user_id = auth.uid())`,
    "isolated",
    /looks the tenant up/,
  ],
  [
    `tenant_id in (with mine as (select tenant_id from app.members where user_id = auth.uid()) select tenant_id from mine)`,
    "isolated",
    /looks the tenant up/,
  ],
  [
    `tenant_id in (select s.tenant_id from (select tenant_id from app.members where user_id = auth.uid()) s)`,
    "isolated",
    /looks the tenant up/,
  ],
  [`false`, "denied", /never true/],
  [`tenant_id = null`, "denied", /never true/],
  [`tenant_id is null`, "denied", /never true/],
  [`true`, "leaks", /always true/],
  [`tenant_id = ${setting} or true`, "leaks", /always true/],
  [`1 = 1`, "leaks", /always true/],
  [`tenant_id = tenant_id`, "leaks", /with itself/],
  [
    `exists (select 1 from app.members m where m.tenant_id = m.tenant_id and m.user_id = auth.uid())`,
    "leaks",
    /with itself/,
  ],
  [`tenant_id = ${setting} or is_public`, "leaks", /other things/],
  [`tenant_id = ${setting} or deleted_at is null`, "leaks", /other things/],
  [`is_public`, "leaks", /other things/],
  [`tenant_id <> ${setting}`, "leaks", /other things/],
  [`not (tenant_id = ${setting})`, "leaks", /other things/],
  [`tenant_id >= ${setting}`, "leaks", /other things/],
  [
    `tenant_id = ${setting} or current_setting('app.bypass_rls', true) = 'on'`,
    "leaks",
    /on a setting/,
  ],
  [
    `tenant_id = ${setting} or current_setting('app.bypass_rls', true)::boolean`,
    "leaks",
    /on a setting/,
  ],
  [
    `case when current_setting('app.admin', true) = 'yes' then true else tenant_id = ${setting} end`,
    "leaks",
    /on a setting/,
  ],
  [
    `tenant_id = ${setting} or current_setting('app.tenant_id', true) is null`,
    "leaks",
    /no tenant is set/,
  ],
  [
    `tenant_id = ${setting} or current_setting('app.tenant_id', true) = ''`,
    "leaks",
    /no tenant is set/,
  ],
  [`tenant_id = coalesce(${setting}, tenant_id)`, "leaks", /itself|no tenant/],
  [`coalesce(tenant_id = ${setting}, true)`, "leaks", /no tenant is set/],
  [`(tenant_id = ${setting}) is not false`, "leaks", /no tenant is set/],
  [`(tenant_id <> ${setting}) is not true`, "leaks", /no tenant is set/],
  [`auth.uid() is not null`, "leaks", /every row/],
  [
    `left(tenant_id::text, 8) = left(current_setting('app.tenant_id', true), 8)`,
    "leaks",
    /loosely/,
  ],
  [`tenant_id::text::varchar(9) = current_setting('app.tenant_id', true)`, "leaks", /loosely/],
  [`tenant_id::text like current_setting('app.tenant_id', true) || '%'`, "leaks", /other things/],
  [
    `position(tenant_id::text in current_setting('app.tenants', true)) > 0`,
    "leaks",
    /other things/,
  ],
  [`tenant_id in (select id from app.organizations)`, "leaks", /other things/],
  [`owner_id = auth.uid()`, "unknown", /tied? .*user|ties the row/],
  [`tenant_id = ${setting} or owner_id = auth.uid()`, "unknown", /ties the row/],
  [
    `tenant_id = ${setting} or exists (select 1 from app.admins a where a.user_id = auth.uid())`,
    "unknown",
    /not be understood/,
  ],
  [
    `tenant_id = ${setting} or tenant_id = '00000000-0000-0000-0000-000000000000'`,
    "unknown",
    /fixed tenant/,
  ],
  [
    `not exists (select 1 from app.members m where m.tenant_id <> projects.tenant_id)`,
    "unknown",
    /not be understood/,
  ],
];

const helpers: readonly (readonly [sql: string, text: string, verdict: string])[] = [
  [
    `create function app.ctx() returns uuid language sql stable as $$ select ${setting} $$`,
    "tenant_id = app.ctx()",
    "isolated",
  ],
  [
    `create function app.ctx() returns uuid language sql stable return ${setting}`,
    "tenant_id = (select app.ctx())",
    "isolated",
  ],
  [
    `create function app.ctx() returns uuid language sql stable begin atomic select ${setting}; end`,
    "tenant_id = app.ctx()",
    "isolated",
  ],
  [
    `create function app.ctx() returns uuid language plpgsql stable as $$
       declare found text := current_setting('app.tenant_id', true);
       begin
         if found is null or found = '' then raise exception 'no tenant'; end if;
         return found::uuid;
       exception when others then return null;
       end $$`,
    "tenant_id = app.ctx()",
    "isolated",
  ],
  [
    `create function app.ctx() returns uuid language plpgsql stable as $$
       begin
         return coalesce(nullif(current_setting('app.tenant_id', true), '')::uuid, '00000000-0000-0000-0000-000000000001');
       end $$`,
    "tenant_id = app.ctx()",
    "unknown",
  ],
  [
    `create function app.ctx() returns uuid language plpgsql stable as $$
       declare r record; begin for r in select 1 loop null; end loop; return null; end $$`,
    "tenant_id = app.ctx()",
    "unknown",
  ],
  [
    `create function app.is_member(org uuid) returns boolean language sql stable security definer as $$
       select exists (select 1 from app.members m where m.tenant_id = org and m.user_id = auth.uid()) $$`,
    "app.is_member(tenant_id)",
    "isolated",
  ],
  [
    `set local search_path = app; create function app.is_member(uuid) returns boolean language sql stable security definer as $$
       select exists (select 1 from members where tenant_id = $1 and user_id = auth.uid()) $$`,
    "app.is_member(tenant_id)",
    "isolated",
  ],
  [
    `create function app.is_member(org uuid) returns boolean language plpgsql stable security definer as $$
       begin return exists (select 1 from app.members m where m.tenant_id = org and m.user_id = auth.uid()); end $$`,
    "(select app.is_member(tenant_id))",
    "isolated",
  ],
  [
    `create function app.is_member(org uuid) returns boolean language plpgsql stable security definer as $$
       begin if current_setting('app.admin', true) = 'on' then return true; end if; return false; end $$`,
    "app.is_member(tenant_id)",
    "leaks",
  ],
  [
    `create function app.my_orgs() returns setof uuid language sql stable security definer as $$
       select tenant_id from app.members where user_id = auth.uid() $$`,
    "tenant_id in (select app.my_orgs())",
    "isolated",
  ],
  [
    `create function app.my_orgs() returns uuid[] language sql stable security definer as $$
       select array_agg(tenant_id) from app.members where user_id = auth.uid() $$`,
    "tenant_id = any (app.my_orgs())",
    "isolated",
  ],
  [
    `create function app.is_admin() returns boolean language sql stable as $$
       select current_setting('app.admin', true) = 'on' $$`,
    `tenant_id = ${setting} or app.is_admin()`,
    "leaks",
  ],
  [
    `create function app.mine(org uuid) returns boolean language plpgsql stable as $$
       begin return org = nullif(current_setting('app.tenant_id', true), '')::uuid; end $$`,
    "app.mine(tenant_id)",
    "isolated",
  ],
  [
    `create view app.mine as select m.user_id, m.tenant_id as own from app.members m where m.user_id = auth.uid();
       grant select on app.mine to {app}`,
    "tenant_id in (select own from app.mine)",
    "isolated",
  ],
  [
    `create function app.allowed(uuid) returns boolean language plpgsql stable as $$ begin execute 'x'; return true; end $$`,
    "app.allowed(tenant_id)",
    "unknown",
  ],
];

describeOnServers("what policies imply", (server) => {
  let database: TestDatabase;
  let client: pg.Client;
  let subject: Subject;
  beforeAll(async () => {
    database = await createEmptyDatabase(server);
    client = new pg.Client({ connectionString: database.adminUrl });
    await client.connect();
    await openTables(client);
    subject = await subjectWith(client, projectsUnder(onProjects.map(([text]) => text)));
  });
  afterAll(async () => {
    await client.end();
    await database.drop();
  });

  const numbered = onProjects.map((each, index) => [...each, projectsName(index)] as const);
  it.each(numbered)("%s is %s", (_text, verdict, why, name) => {
    const { SELECT } = verdictsIn(subject, `app.${name}`);
    expect([SELECT!.verdict, SELECT!.why]).toEqual([verdict, expect.stringMatching(why)]);
  });

  it("really keeps the other tenant's rows from whoever asks, where it says isolated", async () => {
    const texts = onProjects.flatMap(([text, verdict]) => (verdict === "isolated" ? [text] : []));
    const seen = await tenantsSeen(
      client,
      projectsUnder(texts),
      texts.map((_, index) => projectsName(index)),
    );
    const open = texts.filter((_, index) => seen[index]!.includes(foreign));
    expect([texts.length > 20, open]).toEqual([true, []]);
  });

  it.each(helpers)("%s, %s is %s", async (helper, text, verdict) => {
    const sql = `${helper}; create policy p on app.projects using (${text})`;
    const { SELECT } = await verdictsWith(client, sql, "app.projects");
    expect(SELECT).toMatchObject({ verdict });
    if (verdict !== "isolated") return;
    const [seen] = await tenantsSeen(client, sql, ["projects"]);
    expect(seen).not.toContain(foreign);
  });

  describe("a table without a tenant's column", () => {
    const onTasks: readonly (readonly [string, string])[] = [
      [
        `exists (select 1 from app.projects p where p.id = tasks.project_id and p.tenant_id = ${setting})`,
        "isolated",
      ],
      [`project_id in (select id from app.projects where tenant_id = ${setting})`, "isolated"],
      [
        `exists (select 1 from app.projects p join app.members m on m.tenant_id = p.tenant_id
          where p.id = tasks.project_id and m.user_id = auth.uid())`,
        "isolated",
      ],
      [`exists (select 1 from app.projects p where p.id = tasks.project_id)`, "leaks"],
      [
        `exists (select 1 from app.projects p where p.is_public = tasks.done and p.tenant_id = ${setting})`,
        "unknown",
      ],
      [`done`, "leaks"],
    ];
    it.each(onTasks)("%s is %s", async (text, verdict) => {
      const sql = `alter table app.projects disable row level security;
        create policy p on app.tasks using (${text})`;
      expect(await verdictsWith(client, sql, "app.tasks")).toMatchObject({ SELECT: { verdict } });
    });

    it("is isolated by the policies of the parent that its own looks into", async () => {
      const sql = `create policy p on app.projects using (tenant_id = ${setting});
        create policy p on app.tasks using (exists (select 1 from app.projects p where p.id = tasks.project_id))`;
      const verdicts = await verdictsWith(client, sql, "app.tasks");
      expect(verdicts).toMatchObject({
        SELECT: { verdict: "isolated" },
        INSERT: { verdict: "isolated" },
      });
    });
  });
});
