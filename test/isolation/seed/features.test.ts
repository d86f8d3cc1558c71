import pg from "pg";
import { afterAll, beforeAll, expect, it } from "vitest";
import { readCatalogHere } from "../../../src/isolation/catalog/read-catalog.js";
import { nameOf } from "../../../src/isolation/catalog/names.js";
import { seedTenants, type SeededTable } from "../../../src/isolation/prover/seed/index.js";
import { createEmptyDatabase, type TestDatabase } from "../../support/databases.js";
import { describeOnEmbedded } from "../../support/servers.js";
import { handSubject } from "../support/hand-subject.js";
import { features, unfillable } from "./features.js";

describeOnEmbedded("seeding two tenants", (server) => {
  let database: TestDatabase;
  let client: pg.Client;

  beforeAll(async () => {
    database = await createEmptyDatabase(server);
    client = new pg.Client({ connectionString: database.adminUrl });
    await client.connect();
  });

  afterAll(async () => {
    await client.end();
    await database.drop();
  });

  const seeded = async (
    sql: string,
    look: (table: (name: string) => SeededTable, client: pg.Client) => Promise<void> | void,
  ) => {
    await client.query("begin");
    try {
      await client.query("create schema app; set local search_path = app");
      await client.query(`create table orgs (id uuid primary key, name text not null); ${sql}`);
      const subject = handSubject(await readCatalogHere(client), {
        tenantColumns: ["org_id"],
        root: "app.orgs",
      });
      const world = await seedTenants(client, subject, { actAs: async () => {} });
      const byName = new Map(
        [...world.tables.values()].map((table) => [nameOf(table.table.relation), table]),
      );
      await look((name) => byName.get(`app.${name}`)!, client);
      for (const [oid, { unproven }] of world.tables) {
        if (unproven === undefined) expect(await world.fresh(oid, "a")).toHaveProperty("values");
      }
      await client.query("set constraints all immediate");
    } finally {
      await client.query("rollback");
    }
  };

  it.each(Object.entries(features))("fills a table with %s", async (_feature, sql) => {
    await seeded(sql, (table) => {
      const { unproven, rows } = table("t");
      expect(unproven).toBeUndefined();
      expect(rows.map(({ tenant }) => tenant).sort()).toEqual(["a", "a", "b", "b"]);
    });
  });

  it.each(Object.entries(unfillable))(
    "says why %s stays empty, and fills the rest",
    async (_feature, [sql, reason]) => {
      await seeded(
        `${sql}; create table other (id int primary key, org_id uuid not null references orgs)`,
        (table) => {
          expect(table("t").unproven).toMatch(reason);
          expect(table("other").rows).toHaveLength(4);
        },
      );
    },
  );

  it("gives both tenants the same ids where the keys allow it, and no other", async () => {
    await seeded(
      `create table t (org_id uuid references orgs, id int, name text, primary key (org_id, id));
       create table child (org_id uuid, id int, t_id int not null, primary key (org_id, id),
         foreign key (org_id, t_id) references t);
       create table alone (id int primary key, org_id uuid not null references orgs)`,
      (table) => {
        expect(table("t").colliding).toBe(true);
        expect(table("child").colliding).toBe(true);
        expect(table("alone").colliding).toBe(false);
        expect(new Set(table("t").rows.map(({ canary }) => canary?.text)).size).toBe(4);
      },
    );
  });

  it("refers to the tenant's own rows only", async () => {
    await seeded(
      `create table t (id int primary key, org_id uuid not null references orgs);
       create table child (id int primary key, org_id uuid not null, t_id int references t)`,
      (table) => {
        const owners = new Map(table("t").rows.map(({ values, tenant }) => [values.id, tenant]));
        for (const { values, tenant } of table("child").rows) {
          expect(owners.get(values.t_id ?? null)).toBe(tenant);
        }
      },
    );
  });

  it("keeps apart what was there before", async () => {
    await seeded(
      "create table t (id int generated always as identity primary key, org_id uuid references orgs, kind text unique check (kind in ('x','y','z','u','v','w'))); insert into t (kind) values ('x')",
      async (table, connection) => {
        expect(table("t").rows).toHaveLength(4);
        const { rows } = await connection.query("select count(*)::int as count from app.t");
        expect(rows).toEqual([{ count: 5 }]);
      },
    );
  });

  it("leaves empty what policies and views want to be null, or they would hide the rows", async () => {
    await seeded(
      `create table t (id int primary key, org_id uuid not null references orgs, deleted_at timestamptz, ended_at timestamptz, seen_at timestamptz);
       create policy live on t using (deleted_at is null);
       create view running as select * from t where ended_at is null`,
      (table) => {
        for (const { values } of table("t").rows) {
          expect(values).toMatchObject({ deleted_at: null, ended_at: null });
          expect(values.seen_at).not.toBeNull();
        }
      },
    );
  });

  it("makes tenants that meet in one partition where a hash of the tenant chooses it", async () => {
    const partitions = Array.from(
      { length: 8 },
      (_, index) =>
        `create table t_${index} partition of t for values with (modulus 8, remainder ${index})`,
    );
    await seeded(
      `create table t (org_id uuid not null, id int, primary key (org_id, id)) partition by hash (org_id); ${partitions.join(";")}`,
      (table) => {
        const all = partitions.map((_, index) => table(`t_${index}`));
        expect(all.filter(({ unproven }) => unproven === undefined)).toHaveLength(1);
        expect(table("t").unproven).toBeUndefined();
        const reasons = new Set(all.flatMap(({ unproven }) => unproven ?? []));
        expect([...reasons]).toEqual([expect.stringMatching(/^the hash of org_id puts/)]);
      },
    );
  });

  it("says of a partition that the hash of a reference does not lead to why it stays empty", async () => {
    const partitions = Array.from(
      { length: 32 },
      (_, index) =>
        `create table t_${index} partition of t for values with (modulus 32, remainder ${index})`,
    );
    await seeded(
      `create table parent (id int primary key, org_id uuid not null references orgs);
       create table t (parent_id int not null references parent, id int, org_id uuid not null, primary key (parent_id, id)) partition by hash (parent_id);
       ${partitions.join(";")}`,
      (table) => {
        expect(table("t").unproven).toBeUndefined();
        const reasons = partitions.flatMap((_, index) => table(`t_${index}`).unproven ?? []);
        expect(reasons.length).toBeGreaterThan(0);
        for (const reason of reasons) expect(reason).toMatch(/^the hash of parent_id puts/);
      },
    );
  });
});
