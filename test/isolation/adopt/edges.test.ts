import { execFile } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, expect, it } from "vitest";
import { applyPlan, rollBackPlan } from "../../../src/isolation/adopt/apply/apply-plan.js";
import { writePlan } from "../../../src/isolation/adopt/plan/write-plan.js";
import { describeOnEmbedded } from "../../support/servers.js";
import { shop } from "./shop.js";
import { draftOf, grow, planOf, shapeOf, type Grown } from "./support.js";

const numbered = `
  create table tenants (id serial primary key, name text not null, parent_id integer references tenants (id));
  create table things (id serial primary key, tenant_id integer not null references tenants (id), name text, unique (tenant_id, name));
  create table parts (thing_id integer not null references things (id), size integer);
  insert into tenants (name) values ('One'), ('Two');
  insert into tenants (name, parent_id) values ('Below one', 1);
  insert into things (tenant_id, name) values (1, 'a'), (2, 'a'), (3, 'c');
  insert into parts values (1, 1), (2, 2);
`;

describeOnEmbedded("adopt, where it is awkward", (server) => {
  let grown: Grown | undefined;
  afterEach(async () => {
    await grown?.close();
    grown = undefined;
  });
  const start = async (sql: string) => (grown = await grow(server, sql));

  it("makes room for its own tenant_id where one of another type is there", async () => {
    const { client } = await start(numbered);
    const before = await shapeOf(client);
    const draft = await draftOf(client, "tenants");
    await expect(planOf(client, draft)).rejects.toMatchObject({ code: "MANIFEST_INVALID" });
    const manifest = { ...draft, renameTenantColumn: "tenant_number" };
    await applyPlan(client, () => planOf(client, manifest));
    const { rows } = await client.query(
      "select h.name from things h join tenants t on t.id = h.tenant_number and t.tenant_id = h.tenant_id order by h.id",
    );
    expect(rows.map(({ name }: { name?: string }) => name)).toEqual(["a", "a", "c"]);
    await rollBackPlan(client);
    expect(await shapeOf(client)).toEqual(before);
  });

  it("takes a tree of the root for one tenant where the manifest says so", async () => {
    const { client } = await start(numbered);
    const draft = await draftOf(client, "tenants");
    const tables = {
      ...draft.tables,
      "public.tenants": { class: "tenant" as const, nested: "topmost" as const },
    };
    const manifest = { ...draft, tables, renameTenantColumn: "tenant_number" };
    await applyPlan(client, () => planOf(client, manifest));
    const { rows } = await client.query(
      "select count(distinct tenant_id)::int as trees, count(*)::int as rows from tenants",
    );
    expect(rows).toEqual([{ trees: 2, rows: 3 }]);
  });

  it("goes on where it was interrupted, and goes back from wherever that was", async () => {
    const { client } = await start(shop);
    const before = await shapeOf(client);
    const manifest = await draftOf(client, "Organization");
    const { stages } = await planOf(client, manifest);
    for (const { number } of stages) {
      await applyPlan(client, () => planOf(client, manifest), { until: number });
      if (number !== 80) continue;
      await rollBackPlan(client);
      expect([number, await shapeOf(client)]).toEqual([number, before]);
    }
    const again = await applyPlan(client, () => planOf(client, manifest));
    expect(again.waiting).toBe(0);
  });

  it("stops at a reference that crosses tenants, and goes on once it is mended", async () => {
    const { client } = await start(`
      create table teams (id uuid primary key default gen_random_uuid(), slug text unique);
      create table notes (id serial primary key, team_id uuid not null references teams (id), reply_to integer references notes (id));
      insert into teams (slug) values ('a'), ('b');
      insert into notes (team_id, reply_to) select id, 1 from teams order by slug;`);
    const manifest = await draftOf(client, "teams");
    const apply = () => applyPlan(client, () => planOf(client, manifest));
    await expect(apply()).rejects.toThrow(
      /1 rows of public\.notes point to a row of another tenant by notes_reply_to_fkey/,
    );
    await client.query("update notes set reply_to = null where id = 2");
    expect((await apply()).waiting).toBe(0);
    const { rows } = await client.query(
      "select bool_and(n.tenant_id = n.team_id) as same from notes n",
    );
    expect(rows).toEqual([{ same: true }]);
  });

  it("refuses to plan while a table is in question, unless it is told to leave it", async () => {
    const { client } = await start(`
      create table teams (id uuid primary key);
      create table notes (id serial primary key, team_id uuid references teams (id));`);
    await expect(planOf(client, await draftOf(client, "teams"))).rejects.toThrow(
      /still in question \(public\.notes\)/,
    );
  });

  it("writes files that psql runs, twice over, and that lead back", async () => {
    const { client, database } = await start(shop);
    const before = await shapeOf(client);
    const manifest = await draftOf(client, "Organization");
    const directory = mkdtempSync(join(tmpdir(), "adopt-"));
    try {
      writePlan(directory, await planOf(client, manifest));
      const files = readdirSync(directory)
        .filter((name) => name.endsWith(".sql"))
        .sort();
      const run = (names: readonly string[]) =>
        promisify(execFile)(
          "psql",
          [
            ...["-qX", "-v", "ON_ERROR_STOP=1", "-d", database.adminUrl],
            ...names.flatMap((name) => ["-f", join(directory, name)]),
          ],
          { env: { ...process.env, PGOPTIONS: "-c synchronous_commit=off" } },
        );
      await run(files);
      await run(files.slice(0, -1));
      await run([...files].reverse().map((file) => join("rollback", file)));
      expect(await shapeOf(client)).toEqual(before);
    } finally {
      rmSync(directory, { recursive: true });
    }
  });
});
