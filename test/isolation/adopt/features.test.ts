import { afterAll, beforeAll, expect, it } from "vitest";
import { createKeyRing } from "../../../src/core/seal/key-ring.js";
import { applyPlan, rollBackPlan } from "../../../src/isolation/adopt/apply/apply-plan.js";
import type { Manifest } from "../../../src/isolation/manifest/manifest.js";
import { sealOf, underSeal, withBare } from "../../database/support/bare.js";
import { describeOnServers } from "../../support/servers.js";
import { draftOf, grow, planOf, shapeOf, type Grown } from "./support.js";

/** Two teams with ids a…0 and b…0; whatever is odd belongs to the first. */
const schema = `
  create schema lists;
  create table lists.colors (code text primary key);
  create table teams (id uuid primary key, slug text not null unique);
  create table things (id integer primary key, team_id uuid not null references teams (id), name text unique);
  create table heavy_things (primary key (id), weight integer not null) inherits (things);
  create table pairs (team_id uuid not null references teams (id), a integer, b integer, primary key (a, b));
  create table uses (id integer primary key, team_id uuid not null references teams (id), a integer, b integer,
    foreign key (a, b) references pairs (a, b) match full on delete set null);
  create table events (id integer not null, at date not null, team_id uuid not null references teams (id), primary key (id, at))
    partition by range (at);
  create table events_old partition of events for values from (minvalue) to ('2026-01-01');
  create table events_new partition of events for values from ('2026-01-01') to (maxvalue) partition by list (id);
  create table events_new_odd partition of events_new for values in (1, 3);
  create table events_new_rest partition of events_new default;
  create table remarks (id integer primary key, event_id integer not null, at date not null,
    foreign key (event_id, at) references events (id, at) on delete cascade);
  create table bundles (id integer primary key, thing_ids integer[] not null);

  create view named as select p.*, count(u.id) as used from uses u join pairs p using (a, b) group by p.a, p.b;

  insert into teams select (w || '0000000-0000-4000-8000-000000000000')::uuid, w from unnest(array['a', 'b']) w;
  insert into things select n, (case n % 2 when 1 then 'a' else 'b' end || '0000000-0000-4000-8000-000000000000')::uuid, 'thing ' || n from generate_series(1, 10) n;
  insert into heavy_things select n, (case n % 2 when 1 then 'a' else 'b' end || '0000000-0000-4000-8000-000000000000')::uuid, 'heavy ' || n, n from generate_series(11, 20) n;
  insert into pairs select team_id, id, id from things where id < 5;
  insert into uses select id, team_id, id, id from things where id < 5;
  insert into uses select id, team_id, null, null from things where id in (5, 6);
  insert into events select id, date '2025-12-30' + id, team_id from things where id < 9;
  insert into remarks select id, id, at from events;
  insert into bundles select n, array[n, n + 2] from generate_series(1, 4) n;
`;

const [teamA, teamB] = ["a", "b"].map((word) => `${word}0000000-0000-4000-8000-000000000000`);

describeOnServers("adopt, with what few schemas have", (server) => {
  let grown: Grown;
  let before: unknown;
  let manifest: Manifest;
  beforeAll(async () => {
    grown = await grow(server, schema);
    before = await shapeOf(grown.client);
    const draft = await draftOf(grown.client, "teams");
    expect(draft.tables["public.bundles"]?.class).toBe("unclear");
    const through = ["thing_ids[1] -> public.things.id"];
    const tables = { ...draft.tables, "public.bundles": { class: "tenant" as const, through } };
    manifest = { ...draft, tables };
    await applyPlan(grown.client, () => planOf(grown.client, manifest));
  });
  afterAll(() => grown?.close());

  /** The last one's rows; all is rolled back. */
  function as(tenant: string, ...statements: readonly string[]) {
    const seal = sealOf({ keys: createKeyRing(grown.database.secret) }, tenant);
    return withBare(grown.database.appUrl, (app) => underSeal(app, seal, ...statements));
  }
  const count = async (tenant: string, table: string) =>
    (await as(tenant, `select count(*)::int as n from ${table}`))[0]?.["n"];

  it("shows each tenant its rows of inheriting tables, through the parent and alone", async () => {
    for (const tenant of [teamA!, teamB!]) {
      expect(await count(tenant, "things")).toBe(10);
      expect(await count(tenant, "heavy_things")).toBe(5);
    }
  });

  it("gives a child and its parent one class, as each shows the other's rows", async () => {
    const shared = { class: "global" as const, reason: "a list" };
    for (const name of ["public.things", "public.heavy_things"]) {
      const tables = { ...manifest.tables, [name]: shared };
      await expect(planOf(grown.client, { ...manifest, tables })).rejects.toThrow(
        /public\.heavy_things inherits from public\.things, but they are of different classes/,
      );
    }
  });

  it("holds half a key of MATCH FULL to what it was", async () => {
    const half = `insert into uses (id, team_id, a) values (90, '${teamA}', 1)`;
    await expect(as(teamA!, half)).rejects.toMatchObject({ code: "23514" });
    await as(teamA!, `insert into uses (id, team_id, a, b) values (90, '${teamA}', 1, 1)`);
    const foreign = `insert into uses (id, team_id, a, b) values (91, '${teamA}', 2, 2)`;
    await expect(as(teamA!, foreign)).rejects.toMatchObject({ code: "23503" });
    const left = "select a, b, tenant_id from uses where id = 3";
    expect(await as(teamA!, "delete from pairs where a = 3", left)).toEqual([
      { a: null, b: null, tenant_id: teamA },
    ]);
  });

  it("lets rows point to partitioned tables within the tenant only", async () => {
    expect(await count(teamA!, "remarks")).toBe(4);
    const remark = (event: number) =>
      `insert into remarks select 90, ${event}, date '2025-12-30' + ${event}`;
    await expect(as(teamA!, remark(2))).rejects.toMatchObject({ code: "23503" });
    const left = "select id from remarks order by id";
    expect(await as(teamA!, remark(3), "delete from events where id = 3", left)).toEqual([
      { id: 1 },
      { id: 5 },
      { id: 7 },
    ]);
  });

  it("leaves primary keys that views group by, with one that has the tenant beside", async () => {
    const { rows } = await grown.client.query(
      "select pg_get_indexdef(indexrelid) as key from pg_index where indrelid = 'pairs'::regclass order by indexrelid",
    );
    expect(rows).toEqual([
      { key: "CREATE UNIQUE INDEX pairs_pkey ON public.pairs USING btree (a, b)" },
      {
        key: "CREATE UNIQUE INDEX pairs_pkey_tenant ON public.pairs USING btree (tenant_id, a, b)",
      },
    ]);
    expect(await count(teamA!, "named")).toBe(2);
  });

  it("finds the tenant of a row by the first id of an array", async () => {
    expect(await as(teamB!, "select id from bundles order by id")).toEqual([{ id: 2 }, { id: 4 }]);
  });

  it("goes back from all of it without a trace", async () => {
    await rollBackPlan(grown.client);
    expect(await shapeOf(grown.client)).toEqual(before);
  });

  it("refuses a foreign key to a single partition before anything is changed", async () => {
    const { client } = grown;
    await client.query(`create table tickets (id integer primary key, team_id uuid not null references teams (id),
      event_id integer, at date, foreign key (event_id, at) references events_old (id, at))`);
    await expect(planOf(client, await draftOf(client, "teams", manifest))).rejects.toThrow(
      /of public\.tickets leads to public\.events_old, a partition, and cannot carry the tenant/,
    );
  });
});
