import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { createEmptyDatabase } from "../support/databases.js";
import { describeOnServers } from "../support/servers.js";
import { failureOf } from "./support/outcome.js";
import { createStage, type Stage } from "./support/stage.js";

const schema = `
  create table note (id integer primary key);
  select tenantry.protect('note');
`;

describeOnServers("the check at start-up", (server) => {
  let stage: Stage;
  const roles: string[] = [];

  beforeAll(async () => {
    stage = await createStage(server, { schema });
  });
  afterAll(() => stage?.close());
  afterEach(async () => {
    vi.useRealTimers();
    // Roles are the server's, so they go with what they were granted.
    for (const role of roles.splice(0)) {
      await stage.admin(`drop owned by ${role}`);
      await stage.admin(`drop role ${role}`);
    }
    await stage.admin(`
      revoke temporary on database ${stage.database.name} from public;
      revoke create on schema public from tenantry_app;
      drop schema if exists tools;
      drop table if exists fresh, log, one, two cascade;
      delete from tenantry.manifest where relation not in (select oid from pg_class);
      alter table note owner to tenantry_owner;
      select tenantry.protect('note')`);
  });

  /** A login of its own, since the server's are shared with other test files. */
  async function loginWith(...grants: string[]): Promise<string> {
    const role = `${stage.database.name}_${roles.length}`;
    await stage.admin(`create role ${role} login password 'x'`);
    roles.push(role);
    for (const grant of grants) await stage.admin(grant.replaceAll("%", role));
    const url = new URL(stage.database.appUrl);
    url.username = role;
    url.password = "x";
    return url.href;
  }
  /** The problems that `ready` names, one to a line. */
  async function problems(options: { url?: string; secret?: string } = {}): Promise<string[]> {
    const { secret, ...database } = options;
    const app = stage.open(database, secret);
    try {
      const error = (await failureOf(() => app.ready())) as Error & { code?: string };
      expect(error.code).toBe("DATABASE_UNSAFE");
      return error.message
        .split("\n- ")
        .slice(1)
        .map((line) => line.split("\n")[0]!);
    } finally {
      await app.close();
    }
  }

  it("passes where all is as it should be", async () => {
    await stage.tenantry.ready();
    await stage.open({ url: await loginWith("grant tenantry_app to %") }).ready();
  });

  describe("finds that the login", () => {
    it.each([
      ["is a superuser", "alter role % superuser"],
      ["is above row security", "alter role % bypassrls"],
      ["may replicate", "alter role % replication"],
      ["may make roles", "alter role % createrole"],
    ])("%s", async (_, grant) => {
      const found = await problems({ url: await loginWith("grant tenantry_app to %", grant) });
      expect(found[0]).toMatch(
        /reaches the role .*SUPERUSER, BYPASSRLS, REPLICATION or CREATEROLE/,
      );
    });

    it("reaches a role above row security, through another one", async () => {
      await loginWith("alter role % nologin bypassrls");
      await loginWith(`grant ${roles[0]!} to %`);
      const found = await problems({
        url: await loginWith("grant tenantry_app to %", `grant ${roles[1]!} to %`),
      });
      expect(found).toEqual([expect.stringContaining(`reaches the role ${roles[0]!}`)]);
    });

    it("reaches one that it does not inherit", async () => {
      await loginWith("alter role % nologin bypassrls");
      const found = await problems({
        url: await loginWith(
          "alter role % noinherit",
          "grant tenantry_app to %",
          `grant ${roles[0]!} to %`,
          "grant usage on schema tenantry to %",
          "grant select on all tables in schema tenantry to %",
          "grant execute on all functions in schema tenantry to %",
        ),
      });
      expect(found).toEqual(
        expect.arrayContaining([expect.stringContaining(`reaches the role ${roles[0]!}`)]),
      );
    });

    it("is a member of the owner or the operator role", async () => {
      const url = await loginWith(
        "grant tenantry_app to %",
        "grant tenantry_owner to %",
        "grant tenantry_operator to %",
      );
      const found = await problems({ url });
      expect(found).toEqual(
        expect.arrayContaining([
          "this login is a member of tenantry_owner: revoke tenantry_owner from it",
          "this login is a member of tenantry_operator: revoke tenantry_operator from it",
        ]),
      );
    });

    it("is not a member of the app role", async () => {
      const [problem] = await problems({ url: await loginWith() });
      expect(problem).toContain("tenantry_app");
    });

    it("is not a member of the app role but of the operator's", async () => {
      const found = await problems({ url: stage.database.operatorUrl });
      expect(found).toEqual(
        expect.arrayContaining([
          expect.stringContaining("this login is not a member of tenantry_app"),
        ]),
      );
    });

    it("may create temporary tables", async () => {
      await stage.admin(`grant temporary on database ${stage.database.name} to public`);
      expect(await problems()).toEqual([expect.stringContaining("temporary tables")]);
    });

    it("may create objects in a schema", async () => {
      await stage.admin("create schema tools");
      await stage.admin("grant create on schema public, tools to tenantry_app");
      expect(await problems()).toEqual([
        expect.stringContaining("objects in schema public"),
        expect.stringContaining("objects in schema tools"),
      ]);
    });
  });

  describe("finds that a table", () => {
    it("is not in the manifest", async () => {
      await stage.owner("create table fresh (id integer)");
      expect(await problems()).toEqual([expect.stringContaining("fresh is not in the manifest")]);
      await stage.owner("select tenantry.share('fresh', 'it is for all')");
      await stage.tenantry.ready();
    });

    it("has no row security any more, or not for its owner", async () => {
      await stage.owner("alter table note no force row level security");
      expect(await problems()).toEqual([
        expect.stringContaining("note: row security is not enabled and forced"),
      ]);
      await stage.owner(
        "alter table note force row level security; alter table note disable row level security",
      );
      expect(await problems()).toEqual([
        expect.stringContaining("note: row security is not enabled and forced"),
      ]);
      await stage.owner("select tenantry.protect('note')");
      await stage.tenantry.ready();
    });

    it("is a partition that the app may read, without row security", async () => {
      await stage.owner(
        "create table log (id integer) partition by list (id); select tenantry.protect('log'); create table log_1 partition of log for values in (1); grant select on log_1 to tenantry_app",
      );
      expect(await problems()).toContainEqual(expect.stringContaining("log_1: row security"));
    });
  });

  describe("finds that the key", () => {
    it("of the secret is not installed", async () => {
      const found = await problems({ secret: "another secret of at least thirty-two bytes" });
      expect(found).toEqual([expect.stringContaining("key of this secret")]);
      expect(found[0]).not.toContain("another secret");
    });

    it("is good and the clocks are not", async () => {
      vi.useFakeTimers({ now: Date.now() - 3_600_000, toFake: ["Date"] });
      expect(await problems()).toEqual([expect.stringContaining("clocks")]);
    });
  });

  it.each([
    ["its floor", "drop policy tenantry_floor on note", "policies"],
    ["its policy", "alter policy tenantry_tenant on note using (true)", "policies"],
    ["its owner", "alter table note owner to tenantry_test_owner", "owner"],
    ["TRUNCATE to the app", "grant truncate on note to tenantry_app", "truncate"],
    ["TRIGGER to all", "grant trigger on note to public", "trigger"],
  ])("finds that a table has lost %s", async (_, change, problem) => {
    await stage.admin(change);
    expect(await problems()).toContainEqual(
      expect.stringMatching(new RegExp(`note: .*${problem}`)),
    );
    await stage
      .owner("select tenantry.protect('note')")
      .catch(() => stage.admin("select tenantry.protect('note')"));
    await stage.tenantry.ready();
  });

  it("finds that the schema is missing", async () => {
    const empty = await createEmptyDatabase(server);
    expect(await problems({ url: empty.appUrl })).toEqual([
      expect.stringContaining("is not in this database"),
    ]);
    await empty.drop();
  });

  it("names every problem at once, each with its mend", async () => {
    await stage.owner("create table one (id integer); create table two (id integer)");
    await stage.admin(`grant temporary on database ${stage.database.name} to public`);
    const found = await problems({ secret: "another secret of at least thirty-two bytes" });
    expect(found).toHaveLength(4);
    for (const problem of found) expect(problem).toMatch(/: .+/);
  });

  it("fails with DATABASE_UNAVAILABLE where the database cannot be asked", async () => {
    const app = stage.open({ url: "postgres://x@127.0.0.1:1/x" });
    expect(((await failureOf(() => app.ready())) as { code?: string }).code).toBe(
      "DATABASE_UNAVAILABLE",
    );
    await app.close();
  });

  it("changes nothing", async () => {
    const state =
      "select md5(string_agg(t::text, '' order by t::text)) from pg_class t where relnamespace = 'tenantry'::regnamespace";
    const before = await stage.admin(state);
    await stage.tenantry.ready();
    expect(await stage.admin(state)).toEqual(before);
  });
});
