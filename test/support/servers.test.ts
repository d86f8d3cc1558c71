import { afterAll, beforeAll, expect, it } from "vitest";
import { asAdmin, createTestDatabase, type TestDatabase } from "./databases.js";
import { prepareServer } from "./prepare-server.js";
import { describeOnServers } from "./servers.js";

describeOnServers("the test harness", (server) => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase(server);
  });
  afterAll(() => database?.drop());

  async function value(url: string, sql: string, values?: unknown[]): Promise<unknown> {
    return asAdmin(url, async (client) => {
      const { rows } = await client.query<Record<string, unknown>>(sql, values);
      return Object.values(rows[0] ?? {})[0];
    });
  }

  it("runs on a server that is what its label says", async () => {
    const sql = "select current_setting('server_version_num')::int";
    expect(await value(database.adminUrl, sql)).toBe(server.version);
  });

  it("logs in as roles that are neither superusers nor above row security", async () => {
    const sql =
      "select current_user || ':' || (rolsuper or rolbypassrls) from pg_roles where rolname = current_user";
    const urls = [
      database.migratorUrl,
      database.ownerUrl,
      database.appUrl,
      database.operatorUrl,
    ] as const;
    expect(await Promise.all(urls.map((url) => value(url, sql)))).toEqual([
      "tenantry_test_migrator:false",
      "tenantry_test_owner:false",
      "tenantry_test_app:false",
      "tenantry_test_operator:false",
    ]);
  });

  it("makes every login a member of the one role it stands for", async () => {
    const sql = `select string_agg(r, ',') from unnest(array['tenantry_owner', 'tenantry_app', 'tenantry_operator']) r
      where pg_has_role(current_user, r, 'MEMBER')`;
    expect(await value(database.ownerUrl, sql)).toBe("tenantry_owner");
    expect(await value(database.appUrl, sql)).toBe("tenantry_app");
    expect(await value(database.operatorUrl, sql)).toBe("tenantry_operator");
  });

  it("gives every database the privileges that the migrations set on the template", async () => {
    const sql = `select array_agg(acl order by acl)::text from (
      select coalesce(nullif(a.grantee, 0)::regrole::text, 'public') || ' ' || a.privilege_type as acl
      from pg_database d, aclexplode(d.datacl) a where d.datname = $1) x`;
    const [copy, original] = await Promise.all(
      [database.name, server.template].map((name) => value(database.adminUrl, sql, [name])),
    );
    expect(copy).toBe(original);
    expect(copy).not.toContain("public TEMPORARY");
  });

  it("keeps databases apart", async () => {
    const other = await createTestDatabase(server);
    await value(database.ownerUrl, "create table only_here as select 1");
    await expect(value(other.ownerUrl, "select * from only_here")).rejects.toThrow(
      "does not exist",
    );
    await other.drop();
    await expect(value(other.adminUrl, "select 1")).rejects.toThrow("does not exist");
  });

  it("clears away what a killed run left, and nothing of a run that lives", async () => {
    const leftover = "tenantry_test_0000dead_abc";
    await value(database.adminUrl, `create database ${leftover}`);
    const another = await prepareServer(server.kind, server.adminUrl);
    const names = await value(
      database.adminUrl,
      "select array_agg(datname::text) from pg_database where datname = any ($1)",
      [[leftover, database.name, server.template, another.server.template]],
    );
    await another.close();
    expect(new Set(names as string[])).toEqual(
      new Set([database.name, server.template, another.server.template]),
    );
  });
});
