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
import {
  installedPostgres,
  startInstalledPostgres,
  type FreshServer,
} from "../../../test/support/installed-postgres.js";
import { describeOnServers, embeddedServer } from "../../../test/support/servers.js";
import { isTenantryError } from "../../core/tenantry-error.js";
import { startEmbeddedPostgres } from "../embedded/start.js";
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

/** Roles belong to the whole server, so only a server of its own never had them. */
const freshServers = [
  {
    label: embeddedServer().label,
    start: async (): Promise<FreshServer> => {
      const directory = await mkdtemp(join(tmpdir(), "tenantry-privileges-"));
      const { url, stop } = await startEmbeddedPostgres({ directory });
      return { url, stop: () => stop().then(() => rm(directory, { recursive: true })) };
    },
  },
  {
    label:
      installedPostgres === null
        ? "NO INSTALLED POSTGRESQL: apt-get install postgresql"
        : `installed PostgreSQL ${installedPostgres.major}`,
    start: startInstalledPostgres,
  },
];

describe.each(freshServers.map(({ label, start }) => [label, start] as const))(
  "a server that never had Tenantry [%s]",
  (label, start) => {
    let server: FreshServer;
    beforeAll(async () => {
      if (label.startsWith("NO ")) return;
      server = await start();
      await asAdmin(server.url, async (admin) => {
        await admin.query("create role plain login password 'pw'");
        await admin.query("create role creator login createrole password 'pw'");
      });
    });
    afterAll(() => server?.stop());
    beforeEach(({ skip }) => skip(label.startsWith("NO "), label));

    async function makeDatabase(name: string, owner: string): Promise<string> {
      await asAdmin(server.url, (admin) => admin.query(`create database ${name} owner ${owner}`));
      return urlFor(server.url, name, owner, "pw");
    }

    afterEach(async () => {
      if (server === undefined) return;
      await asAdmin(server.url, async (admin) => {
        const { rows } = await admin.query<{ name: string }>(
          "select datname as name from pg_database where datname like '%_db'",
        );
        for (const { name } of rows) await admin.query(`drop database ${name}`);
        await admin.query("drop role if exists tenantry_owner, tenantry_app, tenantry_operator");
      });
    });

    it("is migrated by a superuser", async () => {
      await makeDatabase("root_db", "postgres");
      const url = urlFor(server.url, "root_db");
      expect((await migrate(url)).from).toBe(0);
      expect((await migrate(url)).migrations).toEqual([]);
    });

    it("needs statements that a role without CREATEROLE is told, and no more than those", async () => {
      await makeDatabase("plain_db", "postgres");
      const url = urlFor(server.url, "plain_db", "plain", "pw");
      const statements = await statementsAskedFor(url);
      expect(statements).toMatch(/^create role tenantry_owner nologin; .*grant create on database/);
      await asAdmin(server.url, (admin) => admin.query(statements));
      expect((await migrate(url)).from).toBe(0);
    });

    it("needs CREATEROLE and owning the database, for two databases migrated at once too", async () => {
      const urls = [
        await makeDatabase("creator_db", "creator"),
        await makeDatabase("second_db", "creator"),
      ];
      const reports = await Promise.all(urls.map((url) => migrate(url)));
      expect(reports.map(({ from }) => from)).toEqual([0, 0]);
    });
  },
);
