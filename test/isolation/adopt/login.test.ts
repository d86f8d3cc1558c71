import pg from "pg";
import { afterAll, beforeAll, expect, it } from "vitest";
import { applyPlan, rollBackPlan } from "../../../src/isolation/adopt/apply/apply-plan.js";
import { describeOnServers } from "../../support/servers.js";
import { draftOf, grow, planOf, shapeOf, type Grown } from "./support.js";

const schema = `
  create table teams (id serial primary key, name text not null);
  create table notes (id serial primary key, team_id integer not null references teams (id), text text);
  create table lists (id serial primary key, code text not null unique);
  create view short_notes as select id, left(text, 5) from notes;
  insert into teams (name) values ('a'), ('b');
  insert into notes (team_id, text) select 1 + n % 2, 'note' from generate_series(1, 100) n;
`;

describeOnServers("adopt, as a login that is no superuser", (server) => {
  let grown: Grown;
  beforeAll(async () => {
    grown = await grow(server, schema, "migratorUrl");
  });
  afterAll(() => grown?.close());
  const plan = async (client: pg.Client) => planOf(client, await draftOf(client, "teams"));

  async function refused(url: string): Promise<unknown> {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    try {
      const error: unknown = await applyPlan(client, () => plan(client)).catch((e: unknown) => e);
      const { rows } = await client.query(
        "select pg_catalog.to_regnamespace('tenantry_adopt') is null as nothing",
      );
      expect(rows).toEqual([{ nothing: true }]);
      return error;
    } finally {
      await client.end();
    }
  }

  it("goes all the way and back where it owns the tables and is a member of tenantry_owner", async () => {
    const { client } = grown;
    const before = await shapeOf(client);
    await applyPlan(client, () => plan(client));
    expect((await client.query("select * from tenantry.weakened()")).rows).toEqual([]);
    await rollBackPlan(client);
    expect(await shapeOf(client)).toEqual(before);
  });

  it("is refused at once, with the mend, where it may make no schema or owns no table", async () => {
    const { database, client } = grown;
    expect(await refused(database.ownerUrl)).toMatchObject({
      message: expect.stringMatching(/may make no schema in this database/) as string,
      fix: expect.stringContaining(`grant create on database ${database.name} to`) as string,
    });
    await client.query(`grant create on database ${database.name} to tenantry_test_owner`);
    expect(await refused(database.ownerUrl)).toMatchObject({
      message: expect.stringMatching(
        /neither owns these nor may become who does: .*notes/,
      ) as string,
    });
  });

  it("is refused where forced row security would hide rows from it", async () => {
    const { client, database } = grown;
    await client.query("alter table notes enable row level security, force row level security");
    expect(await refused(database.migratorUrl)).toMatchObject({
      message: expect.stringMatching(/row security is forced, .*: notes/) as string,
    });
  });
});
