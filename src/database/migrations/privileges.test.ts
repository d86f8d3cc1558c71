import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import {
  asAdmin,
  createEmptyDatabase,
  type TestDatabase,
} from "../../../test/support/databases.js";
import { urlFor } from "../../../test/support/logins.js";
import { describeOnServers } from "../../../test/support/servers.js";
import { isTenantryError } from "../../core/tenantry-error.js";
import { startEmbeddedPostgres, type EmbeddedPostgres } from "../embedded/start.js";
import { migrate } from "./migrate.js";

/** Fails to migrate, and returns the statements that the error asks an administrator for. */
async function statementsAskedFor(url: string): Promise<string> {
  const error = await migrate(url).catch((thrown: unknown) => thrown);
  if (!isTenantryError(error, "MIGRATION_FAILED")) throw error;
  const [, statements] = /^Have an administrator run: (.*)$/.exec(error.fix) ?? [];
  expect(statements, error.message).toBeDefined();
  return statements!;
}

describeOnServers("the privileges that migrating needs, beside another database", (server) => {
  const role = `tenantry_test_${randomBytes(4).toString("hex")}`;
  let database: TestDatabase;
  let url = "";

  beforeEach(async () => {
    database = await createEmptyDatabase(server);
    url = urlFor(server.adminUrl, database.name, role, "pw");
    await asAdmin(server.adminUrl, (admin) =>
      admin.query(`create role ${role} login password 'pw'`),
    );
  });
  afterEach(async () => {
    await database?.drop();
    await asAdmin(server.adminUrl, (admin) => admin.query(`drop role if exists ${role}`));
  });

  it("are named as statements, and are enough once an administrator has run these", async () => {
    const statements = await statementsAskedFor(url);
    expect(statements).toBe(
      `grant tenantry_owner to "${role}"; grant create on database "${database.name}" to "${role}";`,
    );
    await asAdmin(server.adminUrl, (admin) => admin.query(statements));
    expect((await migrate(url)).from).toBe(0);
  });

  it("do not include CREATEROLE where the three roles are there", async () => {
    await asAdmin(server.adminUrl, (admin) =>
      admin.query(
        `grant tenantry_owner to ${role}; grant create on database ${database.name} to ${role}`,
      ),
    );
    await migrate(url);
  });

  it("do not include inheriting what tenantry_owner may: to be able to SET ROLE is enough", async () => {
    await asAdmin(server.adminUrl, (admin) =>
      admin.query(
        `alter role ${role} noinherit; grant tenantry_owner to ${role};
         grant create on database ${database.name} to ${role}`,
      ),
    );
    await migrate(url, { secret: server.secret });
  });

  it("are asked for again by a role that did not migrate the first time", async () => {
    await migrate(database.migratorUrl);
    expect(await statementsAskedFor(url)).toBe(`grant tenantry_owner to "${role}";`);
    await asAdmin(server.adminUrl, (admin) => admin.query(`grant tenantry_owner to ${role}`));
    expect((await migrate(url)).migrations).toEqual([]);
  });

  it("are taken by a role that may administer tenantry_owner", async () => {
    await migrate(database.migratorUrl);
    const administer =
      server.version >= 160_000
        ? `grant tenantry_owner to ${role} with admin true, set false, inherit false`
        : `alter role ${role} createrole`;
    await asAdmin(server.adminUrl, (admin) => admin.query(administer));
    expect((await migrate(url)).migrations).toEqual([]);
  });
});

describe("the privileges that migrating needs, on a server that never had Tenantry", () => {
  let directory = "";
  let server: EmbeddedPostgres;
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), "tenantry-privileges-"));
    server = await startEmbeddedPostgres({ directory });
    await asAdmin(server.url, async (admin) => {
      await admin.query("create role plain login password 'pw'");
      await admin.query("create database plain_db");
      await admin.query("create role creator login createrole password 'pw'");
      await admin.query("create database creator_db owner creator");
      await admin.query("create database second_db owner creator");
    });
  });
  afterAll(async () => {
    await server?.stop();
    await rm(directory, { recursive: true, force: true });
  });

  it("are named as statements to a role without CREATEROLE, and are enough", async () => {
    const url = urlFor(server.url, "plain_db", "plain", "pw");
    const statements = await statementsAskedFor(url);
    expect(statements).toMatch(/^create role tenantry_owner nologin; .*grant create on database/);
    await asAdmin(server.url, (admin) => admin.query(statements));
    expect((await migrate(url)).from).toBe(0);
    await asAdmin(server.url, async (admin) => {
      await admin.query("drop database plain_db");
      await admin.query("drop role tenantry_owner, tenantry_app, tenantry_operator");
    });
  });

  it("are CREATEROLE and owning the database, for two databases migrated at once too", async () => {
    const reports = await Promise.all(
      ["creator_db", "second_db"].map((name) => migrate(urlFor(server.url, name, "creator", "pw"))),
    );
    expect(reports.map(({ from }) => from)).toEqual([0, 0]);
  });
});
