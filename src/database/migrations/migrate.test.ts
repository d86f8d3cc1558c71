import pg from "pg";
import { afterEach, beforeEach, expect, it } from "vitest";
import {
  asAdmin,
  createEmptyDatabase,
  type TestDatabase,
} from "../../../test/support/databases.js";
import { describeOnServers } from "../../../test/support/servers.js";
import { afterTheFirst } from "./fixture.test-support.js";
import { migrate, migrateFrom } from "./migrate.js";
import { readMigrationFiles } from "./migration-files.js";
import { migrationLockKey } from "./migration-lock.js";

describeOnServers("migrate", (server) => {
  let database: TestDatabase;
  beforeEach(async () => {
    database = await createEmptyDatabase(server);
  });
  afterEach(() => database?.drop());

  async function column(sql: string): Promise<unknown[]> {
    return asAdmin(database.adminUrl, async (client) => {
      const { rows } = await client.query<Record<string, unknown>>(sql);
      return rows.map((row) => Object.values(row)[0]);
    });
  }

  const journal = () => column("select number from tenantry.migration order by number");

  it("brings an empty database up to date as a role that is no superuser", async () => {
    const files = await readMigrationFiles();
    const steps: string[] = [];
    const report = await migrate(database.migratorUrl, { onStep: (step) => steps.push(step) });
    expect(report).toMatchObject({ from: 0, to: files.length });
    expect(report.migrations).toHaveLength(files.length);
    expect(steps).toEqual(files.map(({ fileName }) => `applying ${fileName}`));
    expect(await journal()).toEqual(files.map(({ number }) => number));
    const owners = await column(
      "select distinct relowner::regrole::text from pg_class where relnamespace = 'tenantry'::regnamespace",
    );
    expect(owners).toEqual(["tenantry_owner"]);
  });

  it("does nothing the second time", async () => {
    const { to } = await migrate(database.migratorUrl);
    expect(await migrate(database.migratorUrl)).toEqual({ migrations: [], from: to, to });
  });

  it("continues where an earlier version stopped", async () => {
    const files = await readMigrationFiles();
    await migrateFrom(files.slice(0, 2), database.migratorUrl, {});
    const report = await migrate(database.migratorUrl);
    expect(report.from).toBe(2);
    expect(report.migrations[0]?.number).toBe(3);
  });

  it("takes a connected client and leaves it usable and as the same role", async () => {
    await asAdmin(database.migratorUrl, async (client) => {
      await migrate(client);
      const { rows } = await client.query("select current_user, current_setting('search_path') p");
      expect(rows).toEqual([{ current_user: "tenantry_test_migrator", p: '"$user", public' }]);
      const locks = "select 1 from pg_locks where locktype = 'advisory' and pid = pg_backend_pid()";
      expect((await client.query(locks)).rows).toEqual([]);
    });
  });

  it("only says what it would do in a dry run", async () => {
    const report = await migrate(database.migratorUrl, { dryRun: true });
    expect(report.migrations.length).toBeGreaterThan(0);
    expect(await column("select 1 from pg_namespace where nspname = 'tenantry'")).toEqual([]);
    await migrate(database.migratorUrl);
    expect((await migrate(database.migratorUrl, { dryRun: true })).migrations).toEqual([]);
  });

  it("lets deploys that start at once wait for one another", async () => {
    const reports = await Promise.all(
      Array.from({ length: 5 }, () => migrate(database.migratorUrl)),
    );
    const ran = reports.filter(({ migrations }) => migrations.length > 0);
    expect(ran).toHaveLength(1);
    expect(await journal()).toHaveLength(ran[0]!.to);
  });

  it("runs a file again that met another database's migration at a role they share", async () => {
    const role = `${database.name}_role`;
    const other = await createEmptyDatabase(server);
    await asAdmin(database.migratorUrl, (migrator) => migrator.query(`create role ${role}`));
    const files = await afterTheFirst(
      `-- run as: migrator\nalter role ${role} connection limit 1;\nselect pg_sleep(0.5);`,
    );
    const both = [database, other].map(({ migratorUrl }) => migrateFrom(files, migratorUrl, {}));
    const outcomes = await Promise.allSettled(both);
    await other.drop();
    await asAdmin(database.migratorUrl, (migrator) => migrator.query(`drop role ${role}`));
    expect(outcomes.map(({ status }) => status)).toEqual(["fulfilled", "fulfilled"]);
  });

  it("undoes the whole of a file that fails, keeps those before it, and can be run again", async () => {
    const good = "-- run as: owner\ncreate table tenantry.good ();";
    const bad = "-- run as: owner\ncreate table tenantry.half ();\nselect 1/0;";
    await expect(
      migrateFrom(await afterTheFirst(good, bad), database.migratorUrl, {}),
    ).rejects.toMatchObject({
      code: "MIGRATION_FAILED",
      message: expect.stringMatching(/000003_fixture\.sql was undone: division by zero/) as string,
    });
    expect(await journal()).toEqual([1, 2]);
    const tables = "select relname::text from pg_class where relname in ('good', 'half')";
    expect(await column(tables)).toEqual(["good"]);
    const mended = bad.replace("1/0", "1");
    await migrateFrom(await afterTheFirst(good, mended), database.migratorUrl, {});
    expect(await journal()).toEqual([1, 2, 3]);
  });

  it("runs a file as the role that its first line names", async () => {
    const file = (role: string) =>
      `-- run as: ${role}\ncreate table tenantry.${role} as select current_user::text as who;`;
    await migrateFrom(
      await afterTheFirst(
        "-- run as: owner\ngrant create on schema tenantry to tenantry_test_migrator;",
        file("migrator"),
        file("owner"),
      ),
      database.migratorUrl,
      {},
    );
    expect(await column("select who from tenantry.migrator")).toEqual(["tenantry_test_migrator"]);
    expect(await column("select who from tenantry.owner")).toEqual(["tenantry_owner"]);
  });

  it("refuses a migration that was edited after it was applied", async () => {
    const text = "-- run as: owner\ncreate table tenantry.a ();";
    await migrateFrom(await afterTheFirst(text), database.migratorUrl, {});
    const edited = afterTheFirst(`${text}\ncreate table tenantry.b ();`);
    for (const dryRun of [false, true]) {
      await expect(
        migrateFrom(await edited, database.migratorUrl, { dryRun }),
      ).rejects.toMatchObject({
        code: "MIGRATION_FAILED",
        message: expect.stringContaining("000002_fixture.sql is not the file") as string,
      });
    }
  });

  it("refuses older code on a newer schema", async () => {
    const files = await afterTheFirst("-- run as: owner\ncreate table tenantry.a ();");
    await migrateFrom(files, database.migratorUrl, {});
    await expect(migrateFrom(files.slice(0, 1), database.migratorUrl, {})).rejects.toMatchObject({
      code: "MIGRATION_FAILED",
      message: expect.stringMatching(/at migration 2 .* knows only 1/) as string,
    });
  });

  it("refuses a journal with a hole", async () => {
    await migrate(database.migratorUrl);
    await column("delete from tenantry.migration where number = 2");
    await expect(migrate(database.migratorUrl)).rejects.toThrow("no entry 2");
  });

  it("waits for the lock, and says who holds it when the time is over", async () => {
    await asAdmin(database.adminUrl, async (holder) => {
      const { rows } = await holder.query<{ pid: number }>(
        `select pg_backend_pid() as pid, pg_advisory_lock(${migrationLockKey})`,
      );
      const steps: string[] = [];
      await expect(
        migrate(database.migratorUrl, { lockTimeout: 300, onStep: (step) => steps.push(step) }),
      ).rejects.toMatchObject({
        code: "MIGRATION_FAILED",
        message: expect.stringContaining(`pid ${rows[0]!.pid} still holds`) as string,
      });
      expect(steps).toEqual(["waiting for another migration of this database to finish"]);

      const waiting = migrate(database.migratorUrl);
      await new Promise((resolve) => setTimeout(resolve, 300));
      await holder.query(`select pg_advisory_unlock(${migrationLockKey})`);
      expect((await waiting).from).toBe(0);
    });
  });

  it("refuses to change anything over a pooler that moves it to another connection", async () => {
    const [one, two] = [0, 1].map(
      () => new pg.Client({ connectionString: database.migratorUrl }),
    ) as [pg.Client, pg.Client];
    await Promise.all([one.connect(), two.connect()]);
    let begun = false;
    const pooler = {
      query: (text: string, values?: unknown[]) => {
        begun ||= text === "begin";
        return (begun ? two : one).query(text, values);
      },
    };
    await expect(migrate(pooler)).rejects.toMatchObject({
      code: "MIGRATION_FAILED",
      message: expect.stringContaining("pooler in transaction mode") as string,
    });
    await Promise.all([one.end(), two.end()]);
    expect(await column("select 1 from pg_namespace where nspname = 'tenantry'")).toEqual([]);
  });

  it("finds no object that the role's search_path puts in the way", async () => {
    await asAdmin(database.adminUrl, (admin) =>
      admin.query(
        `create schema evil; grant usage on schema evil to public;
         create function evil.lower(text) returns text language sql return 'not lower';
         alter role tenantry_test_migrator in database ${database.name} set search_path to evil, pg_catalog`,
      ),
    );
    const files = await afterTheFirst(
      "-- run as: owner\ncreate table tenantry.t as select lower('ABC'::text) as v;",
    );
    await migrateFrom(files, database.migratorUrl, {});
    expect(await column("select v from tenantry.t")).toEqual(["abc"]);
  });

  it("installs the keys of the secret, once", async () => {
    const secret = "a secret that is long enough for this";
    const steps: string[] = [];
    await migrate(database.migratorUrl, { secret });
    await migrate(database.migratorUrl, { secret, onStep: (step) => steps.push(step) });
    expect(await column("select count(distinct id)::int from tenantry.seal_key")).toEqual([1]);
    expect(steps).toEqual([expect.stringMatching(/was there already$/)]);
  });

  it("says what to do where two other keys are live already", async () => {
    const secret = (letter: string) => letter.repeat(32);
    await migrate(database.migratorUrl, { secret: [secret("a"), secret("b")] });
    await expect(migrate(database.migratorUrl, { secret: secret("c") })).rejects.toMatchObject({
      code: "MIGRATION_FAILED",
      fix: expect.stringContaining("Retire the older one") as string,
    });
  });

  it("refuses a weak secret before anything is changed", async () => {
    await expect(migrate(database.migratorUrl, { secret: "short" })).rejects.toMatchObject({
      code: "SECRET_WEAK",
    });
    expect(await column("select 1 from pg_namespace where nspname = 'tenantry'")).toEqual([]);
  });

  it("refuses a pool", async () => {
    const pool = new pg.Pool({ connectionString: database.migratorUrl });
    pool.on("error", () => undefined);
    await expect(migrate(pool)).rejects.toMatchObject({ code: "CONFIG_INVALID" });
    await pool.end();
  });

  it("never shows the password of a URL that does not work", async () => {
    const wrong = new URL(database.migratorUrl);
    wrong.password = "hunter2hunter2";
    wrong.pathname = "/no_such_database";
    const refused = await migrate(wrong.href).catch((error: unknown) => error);
    expect(refused).toMatchObject({ code: "DATABASE_UNAVAILABLE" });
    const closed = await migrate("postgres://a:hunter2hunter2@127.0.0.1:1/x").catch(
      (e: unknown) => e,
    );
    expect(closed).toMatchObject({ code: "DATABASE_UNAVAILABLE" });
    const unreadable = await migrate("postgres://a:hunter2hunter2@[::1/x").catch((e: unknown) => e);
    expect(unreadable).toMatchObject({ code: "CONFIG_INVALID" });
    expect(`${String(refused)} ${String(closed)} ${String(unreadable)}`).not.toContain("hunter2");
  });
});
