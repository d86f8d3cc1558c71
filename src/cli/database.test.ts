import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import { buildPackage, type BuiltPackage } from "../../test/support/built-package.js";
import {
  asAdmin,
  createEmptyDatabase,
  createTestDatabase,
  type TestDatabase,
} from "../../test/support/databases.js";
import { loginRoles } from "../../test/support/logins.js";
import { describeOnServers } from "../../test/support/servers.js";
import { until } from "../../test/support/until.js";
import { createKeyRing } from "../core/seal/key-ring.js";
import type { MigrationReport } from "../database/migrations/migrate.js";
import { Cli, outcomeOf } from "./cli.test-support.js";

describeOnServers("the command line, with a database", (server) => {
  let built: BuiltPackage;
  let cli: Cli;
  beforeAll(async () => {
    built = await buildPackage();
    cli = new Cli(built.root);
  });
  afterAll(() => built?.remove());

  async function json<T>(
    args: readonly string[],
    env: Readonly<Record<string, string>>,
  ): Promise<T> {
    const { code, stdout, stderr } = await cli.run([...args, "--json"], { env });
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    return JSON.parse(stdout) as T;
  }

  it("migrates: first says what it would do, then does it, then has nothing to do", async () => {
    const database = await createEmptyDatabase(server);
    const env = { TENANTRY_MIGRATION_DATABASE_URL: database.migratorUrl };
    const plan = await cli.run(["migrate", "--dry-run"], { env });
    expect(plan).toMatchObject({ code: 0, stderr: "" });
    expect(plan.stdout).toContain("Would migrate from 0 to ");
    const done = await cli.run(["migrate"], { env: { ...env, TENANTRY_SECRET: server.secret } });
    expect(done.code).toBe(0);
    expect(done.stdout).toContain("Migrated from 0 to ");
    expect(done.stderr).toContain("applying 000001_");
    expect(done.stderr).toContain("installed seal key");
    expect(done.stdout + done.stderr).not.toContain(server.secret);
    const again = await json<MigrationReport>(["migrate"], env);
    expect(again).toMatchObject({ migrations: [], from: again.to });
    await database.drop();
  });

  it("ends a proof at Ctrl-C with 2, and leaves nothing of it in the database", async () => {
    const database = await createTestDatabase(server);
    await asAdmin(database.ownerUrl, (owner) =>
      owner.query("create table project (name text); select tenantry.protect('project')"),
    );
    const child = cli.start(["prove", "--mutate", "--app-role", loginRoles.app], {
      env: { TENANTRY_MIGRATION_DATABASE_URL: database.adminUrl },
    });
    // By then rows are made, and guards about to be broken.
    child.stderr!.on("data", (chunk: Buffer) => {
      if (chunk.toString().includes("breaking one guard")) child.kill("SIGINT");
    });
    const { code, stdout, stderr } = await outcomeOf(child);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain("everything was rolled back");
    await asAdmin(database.adminUrl, async (admin) => {
      const left = async () => {
        const { rows } = await admin.query<Record<string, number | boolean>>(
          `select (select count(*) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid())::int as sessions,
             (select count(*) from pg_roles where rolname like 'tenantry_mutant%')::int as roles,
             (select count(*) from project)::int as rows, (select count(*) from tenantry.tenant)::int as tenants,
             (select relrowsecurity and relforcerowsecurity from pg_class where oid = 'project'::regclass) as guarded`,
        );
        return rows[0]!;
      };
      await until(async () => (await left())["sessions"] === 0);
      expect(await left()).toEqual({ sessions: 0, roles: 0, rows: 0, tenants: 0, guarded: true });
    });
    await database.drop();
  });

  it("ends with 1 where the login lacks privileges, and says which", async () => {
    const database = await createEmptyDatabase(server);
    const { code, stderr } = await cli.run(["migrate", "--database-url", database.appUrl]);
    expect(code).toBe(1);
    expect(stderr).toContain(`grant create on database "${database.name}"`);
    await database.drop();
  });

  it("ends with 3 where the database cannot be reached, and shows no password", async () => {
    const url = "postgres://someone:hunter2hunter2@127.0.0.1:1/nowhere";
    for (const args of [["migrate"], ["tenant", "list"], ["key", "list"]]) {
      const { code, stdout, stderr } = await cli.run([...args, "--database-url", url]);
      expect({ code, stdout }).toEqual({ code: 3, stdout: "" });
      expect(stderr).toContain("127.0.0.1:1");
      expect(stderr).not.toContain("hunter2");
    }
  });

  it("says that the schema is missing where it is", async () => {
    const database = await createEmptyDatabase(server);
    const keys = await cli.run(["key", "list", "--database-url", database.ownerUrl]);
    expect(keys).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("run tenantry migrate") as string,
    });
    const tenants = await cli.run(["tenant", "list", "--database-url", database.operatorUrl]);
    expect(tenants).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("run tenantry migrate") as string,
    });
    await database.drop();
  });
});

describeOnServers("tenantry tenant and tenantry key", (server) => {
  let built: BuiltPackage;
  let cli: Cli;
  let database: TestDatabase;
  let env: Readonly<Record<string, string>>;
  beforeAll(async () => {
    built = await buildPackage();
    cli = new Cli(built.root);
  });
  afterAll(() => built?.remove());
  beforeEach(async () => {
    database = await createTestDatabase(server);
    env = {
      TENANTRY_OPERATOR_DATABASE_URL: database.operatorUrl,
      TENANTRY_MIGRATION_DATABASE_URL: database.ownerUrl,
    };
  });
  afterEach(() => database?.drop());

  const say = async (...args: string[]) => {
    const { code, stdout, stderr } = await cli.run(args, { env });
    return { code, text: stdout + stderr };
  };

  it("take a tenant through its life, by slug and by id", async () => {
    expect(await say("tenant", "list")).toEqual({ code: 0, text: "There is no such tenant.\n" });
    const created = await say("tenant", "create", "acme", "--name", "Acme Ltd");
    const [, id] = /the id (\S+)\./.exec(created.text)!;
    expect(await say("tenant", "suspend", "acme")).toEqual({
      code: 0,
      text: `acme (${id}) is suspended.\n`,
    });
    expect((await say("tenant", "reactivate", id!)).text).toContain("is active");
    const list = await say("tenant", "list");
    expect(list.text.split("\n")[1]).toMatch(
      new RegExp(`^${id} +acme +active +default +Acme Ltd$`),
    );
    expect((await say("tenant", "archive", "acme", "--for-good")).text).toContain("is archived");
    expect((await say("tenant", "list", "--status", "active")).text).toContain("no such tenant");
  });

  it("print tenants as JSON, a page at a time", async () => {
    for (const slug of ["a", "b", "c"]) await say("tenant", "create", slug);
    const page = async (...args: string[]) => {
      const { text } = await say("tenant", "list", "--json", "--limit", "2", ...args);
      return JSON.parse(text) as { id: string; slug: string }[];
    };
    const first = await page();
    expect(first.map(({ slug }) => slug)).toEqual(["a", "b"]);
    expect((await page("--after", first[1]!.id)).map(({ slug }) => slug)).toEqual(["c"]);
  });

  it("end with 1 where the registry refuses", async () => {
    await say("tenant", "create", "acme");
    for (const [args, said] of [
      [["tenant", "create", "acme"], "is taken"],
      [["tenant", "create", "Not A Slug"], "DNS label"],
      [["tenant", "suspend", "nobody"], 'id or slug "nobody"'],
      [["tenant", "list", "--status", "sleepy"], "active, suspended, archived"],
    ] as const) {
      const { code, text } = await say(...args);
      expect({ args, code }).toEqual({ args, code: 1 });
      expect(text).toContain(said);
    }
  });

  it("end with 1 where the login is the app's, and say whose it has to be", async () => {
    const { code, stderr } = await cli.run(["tenant", "list", "--database-url", database.appUrl]);
    expect(code).toBe(1);
    expect(stderr).toContain("tenantry_operator");
  });

  it("replace a key by its successor", async () => {
    const old = createKeyRing(database.secret).current.id;
    const secret = "another secret, and long enough too";
    const fresh = createKeyRing(secret).current.id;
    expect((await say("key", "list")).text).toContain(old);
    expect(await say("key", "retire", old)).toMatchObject({
      code: 1,
      text: expect.stringContaining("Install its successor first") as string,
    });
    const install = await cli.run(["key", "install"], { env: { ...env, TENANTRY_SECRET: secret } });
    expect(install).toEqual({ code: 0, stdout: `installed seal key ${fresh}\n`, stderr: "" });
    expect(await say("key", "retire", old)).toEqual({
      code: 0,
      text: `retired seal key ${old}\n`,
    });
    const { text } = await say("key", "list", "--json");
    expect((JSON.parse(text) as { id: string }[]).map(({ id }) => id)).toEqual([fresh]);
  });
});
