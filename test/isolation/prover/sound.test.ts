import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { prove } from "../../../src/isolation/prover/prove.js";
import { asAdmin, type TestDatabase } from "../../support/databases.js";
import { describeOnEmbedded } from "../../support/servers.js";
import { openIn, proveIt, withPlanted } from "./support/plant.js";
import { createSoundDatabase } from "./support/sound.js";

/** What is planted, what takes it out again, and the verdict that must turn. */
const gaps: readonly (readonly [string, string, string, string])[] = [
  [
    "row security that sleeps (A1)",
    "alter table projects disable row level security",
    "alter table projects enable row level security",
    "public.projects read",
  ],
  [
    "USING (true) on UPDATE alone (B2)",
    `drop policy tenantry_floor on projects; drop policy tenantry_tenant on projects;
     create policy s on projects for select to tenantry_app using (tenant_id = (select tenantry.current_tenant()));
     create policy u on projects for update to tenantry_app using (true) with check (true)`,
    "drop policy s on projects; drop policy u on projects; select tenantry.protect('projects')",
    "public.projects update",
  ],
  [
    "USING (true) on DELETE alone (B2)",
    `drop policy tenantry_floor on projects; create policy d on projects for delete to tenantry_app using (true)`,
    "drop policy d on projects; select tenantry.protect('projects')",
    "public.projects delete",
  ],
  [
    "WITH CHECK (true) on INSERT (B4)",
    `drop policy tenantry_floor on projects; create policy i on projects for insert to tenantry_app with check (true)`,
    "drop policy i on projects; select tenantry.protect('projects')",
    "public.projects insert",
  ],
  [
    "a foreign key without the tenant (D1)",
    "alter table labels add column note_id uuid; create table notes (tenant_id uuid not null default tenantry.claimed_tenant(), id uuid primary key, body text not null); select tenantry.protect('notes'); alter table notes drop constraint notes_pkey, add primary key (tenant_id, id), add constraint notes_one unique (id); alter table labels add foreign key (note_id) references notes (id) on delete set null",
    "alter table labels drop column note_id; drop table notes",
    "public.labels reference",
  ],
  [
    "a unique key without the tenant (D4)",
    "alter table projects add constraint one_name unique (name)",
    "alter table projects drop constraint one_name",
    "public.projects upsert",
  ],
  [
    "TRUNCATE granted (C9)",
    "grant truncate on projects to tenantry_app",
    "revoke truncate on projects from tenantry_app",
    "public.projects privilege",
  ],
  [
    "a view with its owner's rights (C1)",
    "alter table tasks no force row level security; create view peek as select * from tasks; grant select on peek to tenantry_app",
    "drop view peek; alter table tasks force row level security",
    "public.peek",
  ],
  [
    "a view that counts with its owner's rights (C1)",
    "create view volume as select count(*) as tasks from tasks; grant select on volume to tenantry_app",
    "drop view volume",
    "public.volume",
  ],
  [
    "a definer function that returns all (C4)",
    "create function everything() returns setof tasks language sql stable security definer as 'select * from tasks'; grant execute on function everything() to tenantry_app",
    "drop function everything()",
    "public.everything()",
  ],
];

// A proof takes a second or two on a quiet machine, and much longer on a busy one.
vi.setConfig({ testTimeout: 120_000 });

describeOnEmbedded("tenantry prove", (server) => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createSoundDatabase(server);
  });
  afterAll(() => database.drop());

  it("finds a sound database sound, and leaves nothing in it", async () => {
    const report = await proveIt(database);
    expect(report.findings).toEqual([]);
    expect(report.unproven.filter((each) => each.startsWith("public."))).toEqual([]);
    const left = await asAdmin(database.adminUrl, async (admin) => {
      const { rows } = await admin.query<{ rows: number }>(
        `select ((select count(*) from projects) + (select count(*) from tasks) +
           (select count(*) from tenantry.tenant))::int as rows`,
      );
      return rows[0]!.rows;
    });
    expect(left).toBe(0);
  });

  describe("notices", () => {
    it.each(gaps)("%s", async (_what, plant, pull, cell) => {
      const report = await withPlanted(database, plant, pull, () => proveIt(database, "public.*"));
      expect(openIn(report)).toContain(cell);
    });
  });

  it("rolls back when it is interrupted", async () => {
    const stop = new AbortController();
    const interrupted = prove(database.adminUrl, {
      appRoles: ["tenantry_test_app"],
      signal: stop.signal,
      onStep: () => stop.abort(),
    });
    await expect(interrupted).rejects.toMatchObject({ code: "PROOF_IMPOSSIBLE" });
  });

  it("refuses a role that may do nothing, of which everything would hold", async () => {
    const powerless = prove(database.adminUrl, { appRoles: ["pg_monitor"] });
    await expect(powerless).rejects.toMatchObject({ code: "PROOF_IMPOSSIBLE" });
  });

  it("refuses a login that cannot become the application's role", async () => {
    await expect(
      prove(database.operatorUrl, { appRoles: ["tenantry_test_app"] }),
    ).rejects.toMatchObject({ code: "PROOF_IMPOSSIBLE" });
  });
});
