import { afterEach, expect, it } from "vitest";
import { createKeyRing } from "../../../src/core/seal/key-ring.js";
import { applyPlan, rollBackPlan } from "../../../src/isolation/adopt/apply/apply-plan.js";
import { shadow } from "../../../src/isolation/adopt/shadow/shadow.js";
import { audit } from "../../../src/isolation/audit/audit.js";
import { prove } from "../../../src/isolation/prover/prove.js";
import { isAtLeast, keyOf, severityOf } from "../../../src/isolation/report/finding.js";
import { saidOfWritten } from "../../../src/isolation/manifest/written.js";
import { sealOf, underSeal, withBare } from "../../database/support/bare.js";
import { describeOnServers } from "../../support/servers.js";
import { shop } from "./shop.js";
import { adoptionOf, draftOf, grow, planOf, shapeOf, type Grown } from "./support.js";

describeOnServers("adopt", (server) => {
  let grown: Grown | undefined;
  afterEach(async () => {
    await grown?.close();
    grown = undefined;
  });
  const start = async (sql = shop) => (grown = await grow(server, sql));

  it("says of every table of a grown schema whose it is", async () => {
    const { client } = await start();
    const manifest = await draftOf(client, "Organization");
    const { tables } = manifest;
    const classes = Object.fromEntries(
      Object.entries(tables).map(([name, entry]) => [
        name,
        entry.class === "tenant" ? (entry.through ?? []).join("; ") : entry.class,
      ]),
    );
    expect(classes).toEqual({
      "public.Membership": "organizationId -> public.Organization.id",
      "public.Organization": "",
      "public.User": "global",
      "public.api_keys": "organizationId -> public.Organization.id",
      "public.billing": "id <- public.Organization.billing_id",
      "public.countries": "global",
      "public.events": "project_id -> public.projects.id",
      "public.labels": "project_id -> public.projects.id",
      "public.projects": "organizationId -> public.Organization.id",
      "public.sessions": "global",
      "public.task_labels": "other_id -> public.tasks.id",
      "public.tasks": "project_id -> public.projects.id",
    });
    const written = expect.stringMatching(
      /may read and write every row of these global tables.*: public\.User, public\.sessions\./,
    ) as string;
    expect(saidOfWritten(manifest)).toEqual(written);
    expect((await planOf(client, manifest)).notes).toContainEqual(written);
  });

  it("isolates tenants that no schema told apart, and goes back without a trace", async () => {
    const { client, database } = await start();
    const before = await shapeOf(client);
    const manifest = await draftOf(client, "Organization");
    const done = await applyPlan(client, () => planOf(client, manifest));
    expect(done.waiting).toBe(0);
    const forAll = await client.query(
      `select p.proname from pg_proc p, aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a
       where p.pronamespace = 'tenantry_adopt'::regnamespace and a.grantee = 0`,
    );
    expect(forAll.rows).toEqual([]);

    const tenants = await client.query<{ id: string; tenant_id: string; slug: string }>(
      `select o.id, o.tenant_id, t.slug from "Organization" o join tenantry.tenant t on t.id = o.tenant_id order by o.id`,
    );
    const [a, b] = tenants.rows as unknown as [
      { tenant_id: string; slug: string },
      { tenant_id: string; slug: string },
    ];
    expect(a.slug).toBe("acme-co");
    expect(b.slug).toMatch(/^acme-co-/);
    const seal = (tenant: string) => sealOf({ keys: createKeyRing(database.secret) }, tenant);

    await withBare(database.appUrl, async (app) => {
      const count = (tenant: string, table: string) =>
        underSeal(app, seal(tenant), `select count(*)::int as n from ${table}`).then(
          ([row]) => row?.["n"],
        );
      for (const table of ["tasks", "open_tasks"]) {
        expect(await count(a.tenant_id, table)).toBe(1000);
        expect(await count(b.tenant_id, table)).toBe(1000);
      }
      for (const table of [
        "projects",
        "labels",
        "billing",
        "events",
        '"Organization"',
        "task_labels",
      ]) {
        expect([table, await count(a.tenant_id, table)]).toEqual([table, 1]);
      }
      expect(await count(b.tenant_id, '"User"')).toBe(2);
      const inserted = await underSeal(app, seal(b.tenant_id), [
        "insert into tasks (project_id, title) values (2, 'new') returning tenant_id",
        [],
      ]);
      expect(inserted).toEqual([{ tenant_id: b.tenant_id }]);
      await expect(
        underSeal(
          app,
          seal(b.tenant_id),
          "insert into tasks (project_id, title) values (1, 'foreign')",
        ),
      ).rejects.toMatchObject({ code: "23503" });
      await underSeal(
        app,
        seal(b.tenant_id),
        "insert into sessions (user_id, token) values ('u2', 't2')",
      );
    });
    // Its own trigger stayed silent, and SET NULL spares the tenant.
    const { rows: touched } = await client.query(
      "select 1 from projects where updated_at > now() + interval '1 day'",
    );
    expect(touched).toEqual([]);
    await client.query("delete from tasks where id = 2");
    const { rows: orphan } = await client.query(
      "select parent_id, tenant_id is null as lost from tasks where id = 4",
    );
    expect(orphan).toEqual([{ parent_id: null, lost: false }]);
    expect((await client.query("select * from tenantry.weakened()")).rows).toEqual([]);
    const open = await client.query("select relation::text from tenantry.unclassified");
    expect(open.rows).toEqual([]);

    await rollBackPlan(client);
    expect(await shapeOf(client)).toEqual(before);
  });

  it("leaves nothing that audit and prove find open, by the manifest that it wrote", async () => {
    const { client, database } = await start(`${shop}
      create table settings (id uuid primary key default gen_random_uuid(),
        "organizationId" text not null unique references "Organization" (id), theme text);
      create table setting_changes (id uuid primary key default gen_random_uuid(),
        setting_id uuid not null references settings (id), note text);
      create table visits ("organizationId" text not null references "Organization" (id), at date not null, page text)
        partition by range (at);
      create table visits_1 partition of visits for values from ('2026-01-01') to ('2027-01-01');
      create view pages as select "organizationId", page from visits;`);
    const manifest = await draftOf(client, "Organization");
    await applyPlan(client, () => planOf(client, manifest));
    // The server of the tests has a hole that the key of a token, which stays as it is, lets be used.
    const known = ["V1:*", "D5:public.api_keys:*", "upsert-reveals:public.api_keys*"].map(
      (key) => ({
        key,
        reason: "the server of the tests is what its package has",
      }),
    );
    const given = { manifest: { ...manifest, suppressions: known }, appRoles: ["tenantry_app"] };
    const audited = await audit(database.adminUrl, given);
    expect(audited.findings.filter((each) => isAtLeast(severityOf(each), "high"))).toEqual([]);
    expect(audited.unproven).toEqual([]);
    const proven = await prove(database.adminUrl, given);
    // What remains is the root's own: a tenant may name another as its parent, and its key is its id.
    expect(proven.findings.map(keyOf)).toEqual([
      "foreign-reference:public.Organization:Organization_parentId_fkey",
      "unique-oracle:public.Organization:Organization_pkey",
    ]);
    expect(proven.unproven).toEqual([]);
  });

  it("finds rows without a tenant and references that cross", async () => {
    const { client } = await start(`${shop}
      update tasks set parent_id = 1 where id = 6;
      insert into labels values (99, 'lost');`);
    const report = await shadow(
      client,
      await adoptionOf(client, await draftOf(client, "Organization")),
    );
    expect(report.findings.map(({ rule, subject, detail }) => [rule.id, subject, detail])).toEqual([
      ["SH2", "public.tasks", "tasks_parent_id_fkey"],
      ["SH1", "public.labels", undefined],
    ]);
    expect(report.unproven).toEqual([]);
  });
});
