import { randomBytes } from "node:crypto";
import type pg from "pg";
import { afterAll, beforeAll, expect, it } from "vitest";
import { readCatalogHere } from "../../../src/isolation/catalog/read-catalog.js";
import { nameOf } from "../../../src/isolation/catalog/names.js";
import { manifestSchema } from "../../../src/isolation/manifest/manifest.js";
import { readSubject, subjectOf } from "../../../src/isolation/subject/read-subject.js";
import type { Subject, SubjectOptions } from "../../../src/isolation/subject/subject.js";
import { asAdmin, createTestDatabase, type TestDatabase } from "../../support/databases.js";
import { describeOnServers } from "../../support/servers.js";

describeOnServers("what is judged", (server) => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase(server);
  });
  afterAll(() => database.drop());

  /** The subject of a schema that is rolled back; `$app` in it is a role that exists nowhere else. */
  function subjectAfter(
    schema: string,
    options: SubjectOptions = {},
    manifest?: unknown,
  ): Promise<Subject> {
    const app = `app_${randomBytes(4).toString("hex")}`;
    const named = (text: string) => text.replaceAll("$app", app);
    return asAdmin(database.adminUrl, async (client) => {
      await client.query("begin");
      await client.query(named(`create role $app login; ${schema}`));
      const catalog = await readCatalogHere(client);
      const read = manifest === undefined ? undefined : manifestSchema.parse(manifest);
      return subjectOf(catalog, new Map(), options, read);
    });
  }

  const classesOf = ({ tables }: Subject) =>
    Object.fromEntries(
      [...tables.values()]
        .filter(({ relation }) => relation.schema !== "tenantry")
        .map((table) => [nameOf(table.relation), [table.class, table.tenantColumn?.name]]),
    );

  it("comes from Tenantry's own manifest where there is one", async () => {
    const subject = await asAdmin(database.adminUrl, async (client: pg.Client) => {
      await client.query(`
        create table project (id uuid); select tenantry.protect('project');
        create table country (code text); select tenantry.share('country', 'the same for all')`);
      const read = await readSubject(client, {});
      await client.query("drop table project, country");
      return read;
    });
    expect(classesOf(subject)).toEqual({
      "public.project": ["tenant", "tenant_id"],
      "public.country": ["global", undefined],
    });
    expect(subject.context.sealed).toBe(true);
    expect(subject.appRoles.map(({ name }) => name)).toContain("tenantry_test_app");
    expect(subject.appRoles.some(({ superuser }) => superuser)).toBe(false);
  });

  it("takes protect()'s column, whatever else leads to the tenant, for partitions alike", async () => {
    const manifest = manifestSchema.parse({
      version: 1,
      tables: { "public.visit": { class: "tenant", through: ["org_id -> public.org.id"] } },
    });
    const subject = await asAdmin(database.adminUrl, async (client: pg.Client) => {
      await client.query(`
        create table visit (org_id uuid, at date not null) partition by range (at);
        create table visit_1 partition of visit for values from ('2026-01-01') to ('2027-01-01');
        select tenantry.protect('visit')`);
      const read = await readSubject(client, { tenantColumns: ["org_id"] }, manifest);
      await client.query("drop table visit");
      return read;
    });
    expect(classesOf(subject)).toMatchObject({
      "public.visit": ["tenant", "tenant_id"],
      "public.visit_1": ["tenant", "tenant_id"],
    });
  });

  const organizations = `create table organization (id bigint primary key, name text);
    create table project (id bigint primary key, organization_id bigint references organization, name text);
    create table task (id bigint primary key, project_id bigint references project);
    create table _prisma_migrations (id text);`;

  it("is told by the columns that point to the root", async () => {
    const subject = await subjectAfter(organizations, { root: "organization" });
    expect(classesOf(subject)).toMatchObject({
      "public.organization": ["tenant", "id"],
      "public.project": ["tenant", "organization_id"],
      "public.task": ["unclassified", undefined],
      "public._prisma_migrations": ["operator", undefined],
    });
    expect(subject.assumptions).toContainEqual(
      "The tenant is held by the column organization_id (--tenant-column).",
    );
  });

  it("is told by what the policies compare, and the setting by what they read", async () => {
    const subject = await subjectAfter(
      `create table note (id int, "ownerId" int, "orgId" text);
       alter table note enable row level security;
       create policy one on note using (note."orgId" = current_setting('app.org', true));
       create function actor() returns text language sql stable
         return nullif(current_setting('app.actor', true), '');
       create policy two on note as restrictive using ("orgId" = (select public.actor()));
       grant select on note to $app`,
    );
    expect(classesOf(subject)["public.note"]).toEqual(["tenant", "orgId"]);
    expect(subject.context.settings).toEqual(["app.org", "app.actor"]);
    expect(subject.context.functions).toContain("public.actor");
  });

  it("takes a manifest file's word over that, and the caller's over both", async () => {
    const manifest = {
      version: 1,
      root: "public.organization",
      tables: {
        "public.project": { class: "global", reason: "a template for all" },
        "public.task": { class: "tenant", through: ["project_id -> public.project.id"] },
      },
    };
    const subject = await subjectAfter(organizations, {}, manifest);
    expect(classesOf(subject)).toMatchObject({
      "public.project": ["global", undefined],
      "public.task": ["tenant", undefined],
    });
    const said = await subjectAfter(organizations, { tenantColumns: ["project_id"] });
    expect(classesOf(said)["public.task"]).toEqual(["tenant", "project_id"]);
    expect(said.assumptions.join()).not.toContain("--tenant-column");
  });

  it("takes a table for a tenant's where each of its rows must refer to a tenant's", async () => {
    const subject = await subjectAfter(
      `${organizations}
       create table step (id bigint primary key, task_id bigint not null references task);
       create table note (id bigint, step_id bigint references step, check (step_id is not null));
       create table person (id bigint primary key, last_project bigint references project);`,
      { tenantColumns: ["organization_id", "project_id"] },
    );
    expect(classesOf(subject)).toMatchObject({
      "public.step": ["tenant", undefined],
      "public.note": ["tenant", undefined],
      "public.person": ["unclassified", undefined],
    });
    expect(subject.assumptions).toContainEqual(
      "Without a tenant column, but a tenant's by a foreign key that may not be NULL: public.step, public.note (--manifest).",
    );
    const person = [...subject.tables.values()].find(({ relation }) => relation.name === "person");
    expect(person?.why).toContain("its foreign key (last_project) leads to public.project");
  });

  it("leaves to a person what the manifest leaves to one, whatever the keys say", async () => {
    const manifest = {
      version: 1,
      tenantColumn: "organization_id",
      tables: { "public.step": { class: "unclear", question: "Whose are steps?" } },
    };
    const subject = await subjectAfter(
      `${organizations} create table step (id bigint, project_id bigint not null references project);`,
      {},
      manifest,
    );
    expect(classesOf(subject)["public.step"]).toEqual(["unclassified", undefined]);
  });

  it("takes for the root what the tenant columns refer to, where that is one table", async () => {
    const one = await subjectAfter(organizations, { tenantColumns: ["organization_id"] });
    expect(one.root?.name).toBe("organization");
    expect(one.assumptions.join()).toContain("(--root)");
    const two = await subjectAfter(
      `${organizations} create table rival (id bigint primary key);
       create table claim (organization_id bigint references rival);`,
      { tenantColumns: ["organization_id"] },
    );
    expect(two.root).toBeUndefined();
  });

  it("counts a partition as its parent", async () => {
    const subject = await subjectAfter(
      `create table event (tenant_id int, at int) partition by range (at);
       create table event_1 partition of event for values from (0) to (10);`,
      { tenantColumns: ["tenant_id"] },
    );
    expect(classesOf(subject)).toMatchObject({
      "public.event": ["tenant", "tenant_id"],
      "public.event_1": ["tenant", "tenant_id"],
    });
  });

  it("refuses a root or a role that is not there, and says the mend", async () => {
    await expect(subjectAfter(organizations, { root: "companies" })).rejects.toThrow(
      /no table "companies".*--root public\.organizations/s,
    );
    await expect(subjectAfter(organizations, { appRoles: ["nobody"] })).rejects.toThrow(
      /no role "nobody".*--app-role/s,
    );
  });

  it("finds the tenant's columns by the root's name where no foreign key leads to it", async () => {
    const subject = await subjectAfter(
      `create table publishers (id uuid primary key);
       create table books (id uuid primary key, publisher_id uuid not null);
       create table prices (id uuid primary key, publisher_id uuid, book text)`,
      { root: "publishers" },
    );
    expect(classesOf(subject)).toMatchObject({
      "public.publishers": ["tenant", "id"],
      "public.books": ["tenant", "publisher_id"],
      "public.prices": ["tenant", "publisher_id"],
    });
  });
});
