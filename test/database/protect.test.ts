import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { describeOnServers } from "../support/servers.js";
import { sealOf, underSeal, withBare } from "./support/bare.js";
import { codeOf, failureOf } from "./support/outcome.js";
import { createStage, type Stage } from "./support/stage.js";

describeOnServers("tenantry.protect()", (server) => {
  let stage: Stage;

  beforeAll(async () => {
    stage = await createStage(server);
  });
  afterAll(() => stage?.close());
  beforeEach(async () => {
    await stage.admin("drop schema if exists work cascade");
    await stage.admin("delete from tenantry.manifest");
    await stage.admin("create schema work authorization tenantry_owner");
  });

  /** What a call of protect() says, as a member of tenantry_owner that is no superuser. */
  async function protect(table: string): Promise<string[]> {
    const rows = await stage.owner(`select tenantry.protect('work.${table}') as line`);
    return rows.map(({ line }) => line as string);
  }
  const create = (text: string) => stage.owner(`set search_path = work; ${text}`);
  const one = async (sql: string) => (await stage.admin(sql))[0];
  const definitions = async (table: string, type: string) => {
    const rows = await stage.admin(
      `select pg_get_constraintdef(oid) as text from pg_constraint where conrelid = 'work.${table}'::regclass and contype = '${type}' order by 1`,
    );
    return rows.map(({ text }) => text as string);
  };
  const privileges = (role: string, relation: string) =>
    one(`select coalesce(string_agg(p, ',' order by p), '') as has
      from unnest(array['SELECT','INSERT','UPDATE','DELETE','TRUNCATE','REFERENCES','TRIGGER']) p
      where has_table_privilege('${role}', 'work.${relation}', p)`);

  describe("of a plain table", () => {
    beforeEach(() => create("create table project (id integer primary key, name text)"));

    it("says everything that it changed", async () => {
      expect(await protect("project")).toEqual([
        "gave work.project to tenantry_owner",
        "granted usage on schema work",
        "added work.project.tenant_id",
        "made work.project.tenant_id not null",
        "set the default of work.project.tenant_id to the current tenant",
        "made the primary key of work.project (tenant_id, id)",
        "made work.project.tenant_id reference the registry",
        "enabled row level security on work.project",
        "forced row level security on work.project, for its owner too",
        "wrote the policies of work.project",
        expect.stringMatching(/^granted .* work\.project /),
        "classified work.project as tenant",
      ]);
    });

    it("says nothing the second time, and changes nothing", async () => {
      await protect("project");
      const state = `select (select row_to_json(c) from pg_class c where oid = 'work.project'::regclass)::text
        || (select string_agg(row_to_json(p)::text, '') from pg_policy p where polrelid = 'work.project'::regclass) as text`;
      const before = await one(state);
      expect(await protect("project")).toEqual([]);
      expect(await one(state)).toEqual(before);
    });

    it("gives it the column, the keys and the index", async () => {
      await protect("project");
      expect(
        await one(`select format_type(atttypid, null) as type, attnotnull as not_null, pg_get_expr(adbin, adrelid) as def
          from pg_attribute join pg_attrdef on adrelid = attrelid and adnum = attnum
          where attrelid = 'work.project'::regclass and attname = 'tenant_id'`),
      ).toEqual({ type: "uuid", not_null: true, def: "tenantry.claimed_tenant()" });
      expect(await definitions("project", "p")).toEqual(["PRIMARY KEY (tenant_id, id)"]);
      expect(await definitions("project", "f")).toEqual([
        "FOREIGN KEY (tenant_id) REFERENCES tenantry.tenant(id)",
      ]);
    });

    it("lets the roles do what they need and nothing that gets round row security", async () => {
      await protect("project");
      for (const role of ["tenantry_app", "tenantry_operator", "tenantry_test_app"]) {
        const expected = role === "tenantry_test_app" ? "tenantry_app" : role;
        expect(await privileges(expected, "project")).toEqual({
          has: "DELETE,INSERT,SELECT,UPDATE",
        });
      }
      expect(await privileges("public", "project")).toEqual({ has: "" });
      expect(
        await one(
          "select relowner::regrole::text as owner from pg_class where oid = 'work.project'::regclass",
        ),
      ).toEqual({ owner: "tenantry_owner" });
    });

    it("forces row security with a floor for everyone, the owner too", async () => {
      await protect("project");
      expect(
        await one(
          "select relrowsecurity as enabled, relforcerowsecurity as forced from pg_class where oid = 'work.project'::regclass",
        ),
      ).toEqual({ enabled: true, forced: true });
      expect(
        await stage.admin(`select polname::text as name, polpermissive as permissive, polcmd::text as command,
          array(select case r when 0 then 'public' else r::regrole::text end from unnest(polroles) r) as roles
          from pg_policy where polrelid = 'work.project'::regclass order by polname`),
      ).toEqual([
        { name: "tenantry_floor", permissive: false, command: "*", roles: ["public"] },
        { name: "tenantry_operator", permissive: true, command: "*", roles: ["tenantry_operator"] },
        { name: "tenantry_tenant", permissive: true, command: "*", roles: ["tenantry_app"] },
      ]);
      await stage.admin("insert into work.project values (1, 'a', $1)", [stage.a.id]);
      const seen = await stage
        .owner("select count(*)::int as n from work.project")
        .catch(() => [{ n: 0 }]);
      expect(seen).toEqual([{ n: 0 }]);
    });

    it("isolates it from then on", async () => {
      await protect("project");
      await stage.asA(() => stage.tenantry.db.query("insert into work.project values (1, 'a')"));
      await stage.asB(() => stage.tenantry.db.query("insert into work.project values (1, 'b')"));
      const { rows } = await stage.asA(() =>
        stage.tenantry.db.query("select name from work.project"),
      );
      expect(rows).toEqual([{ name: "a" }]);
    });
  });

  describe("mends what was undone since", () => {
    beforeEach(async () => {
      await create("create table project (id integer primary key)");
      await protect("project");
    });

    it.each([
      ["no force row level security", "forced row level security"],
      ["disable row level security", "enabled row level security"],
      ["alter tenant_id drop not null", null],
      ["alter tenant_id drop default", "set the default"],
      ["alter tenant_id set default gen_random_uuid()", "set the default"],
      ["drop constraint project_tenant_id_fkey", "reference the registry"],
      ["owner to tenantry_test_owner", "gave work.project to tenantry_owner"],
    ])("on the table: %s", async (change, line) => {
      // A column of the primary key cannot lose its NOT NULL at all.
      if (line === null)
        return expect(await codeOf(() => stage.owner(`alter table work.project ${change}`))).toBe(
          "42P16",
        );
      await stage.admin(`alter table work.project ${change}`);
      const said = await protect("project");
      expect(said).toEqual(expect.arrayContaining([expect.stringContaining(line)]));
      expect(await protect("project")).toEqual([]);
    });

    it.each([
      "drop policy tenantry_floor on work.project",
      "drop policy tenantry_tenant on work.project",
      "drop policy tenantry_operator on work.project",
      "alter policy tenantry_floor on work.project using (true)",
      "alter policy tenantry_floor on work.project with check (true)",
      "alter policy tenantry_floor on work.project to tenantry_app",
      "alter policy tenantry_tenant on work.project to public",
      "drop policy tenantry_floor on work.project; create policy tenantry_floor on work.project as permissive using (tenant_id = (select tenantry.current_tenant()) or tenantry.may_operate() and (select tenantry.operating())) with check (tenant_id = (select tenantry.current_tenant()) or tenantry.may_operate() and (select tenantry.operating()))",
      "drop policy tenantry_floor on work.project; create policy tenantry_floor on work.project as restrictive for select using (tenant_id = (select tenantry.current_tenant()) or tenantry.may_operate() and (select tenantry.operating()))",
    ])("in the policies: %s", async (change) => {
      const policies =
        "select string_agg(concat(polname, polpermissive, polcmd, polroles::text) || pg_get_expr(polqual, polrelid) || coalesce(pg_get_expr(polwithcheck, polrelid), '-'), ' ' order by polname) as text from pg_policy where polrelid = 'work.project'::regclass";
      const before = await one(policies);
      await stage.admin(change);
      expect(await one(policies)).not.toEqual(before);
      expect(await protect("project")).toEqual(["wrote the policies of work.project"]);
      expect(await one(policies)).toEqual(before);
    });

    it.each([
      ["grant all on work.project to tenantry_app", "REFERENCES, TRIGGER, TRUNCATE"],
      ["grant truncate on work.project to tenantry_operator", "TRUNCATE"],
      ["grant select on work.project to public", "SELECT"],
      ["grant trigger on work.project to tenantry_test_migrator", "TRIGGER"],
    ])("in the privileges: %s", async (grant, revoked) => {
      await stage.admin(grant);
      expect(await protect("project")).toEqual([
        expect.stringMatching(
          new RegExp(`^revoked (?:MAINTAIN, )?${revoked} on work.project from `),
        ),
      ]);
      expect(await protect("project")).toEqual([]);
    });

    it("and leaves a narrower choice of privileges alone", async () => {
      await stage.admin("revoke update, delete on work.project from tenantry_app");
      expect(await protect("project")).toEqual([]);
      expect(await privileges("tenantry_app", "project")).toEqual({ has: "INSERT,SELECT" });
    });
  });

  describe("of a table that has the column", () => {
    it("keeps what is right, and completes it", async () => {
      await create(
        "create table t (tenant_id uuid not null, id integer, primary key (tenant_id, id))",
      );
      const said = await protect("t");
      expect(
        said.filter(
          (line) =>
            line.includes("tenant_id not null") ||
            line.includes("added") ||
            line.includes("primary key"),
        ),
      ).toEqual([]);
    });

    it("takes the rows that are there, where each has its tenant", async () => {
      await create("create table t (tenant_id uuid, id integer primary key)");
      await stage.admin("insert into work.t values ($1, 1)", [stage.a.id]);
      await protect("t");
      const { rows } = await stage.asA(() => stage.tenantry.db.query("select id from work.t"));
      expect(rows).toEqual([{ id: 1 }]);
    });

    it.each(["text", "varchar(36)", "char(36)", "integer", "uuid[]", "numeric"])(
      "refuses it where it is a %s",
      async (type) => {
        await create(`create table t (id integer primary key, tenant_id ${type})`);
        await expect(protect("t")).rejects.toThrow("not uuid");
        expect(await stage.admin("select from tenantry.manifest")).toEqual([]);
      },
    );

    it("refuses it where a row's tenant is missing or unknown to the registry", async () => {
      await create("create table t (id integer primary key, tenant_id uuid)");
      await stage.admin("insert into work.t values (1, null)");
      expect(await codeOf(() => protect("t"))).toBe("23502");
      await stage.admin("update work.t set tenant_id = gen_random_uuid()");
      expect(await codeOf(() => protect("t"))).toBe("23503");
    });
  });

  it("refuses a table with rows and no column, and says what to do", async () => {
    await create("create table t (id integer primary key); insert into t values (1)");
    const error = (await failureOf(() => protect("t"))) as Error & { hint?: string };
    expect(error.message).toContain("has rows but no column tenant_id");
    expect(error.hint).toContain("fill it in");
  });

  it("leaves nothing half done where it refuses", async () => {
    await create(
      "create table t (id integer primary key, tenant_id uuid); insert into t values (1, gen_random_uuid())",
    );
    await failureOf(() => protect("t"));
    expect(
      await one(
        "select relrowsecurity as enabled, relowner::regrole::text as owner from pg_class where oid = 'work.t'::regclass",
      ),
    ).toEqual({ enabled: false, owner: "tenantry_test_owner" });
  });

  describe("of keys", () => {
    it("adds an index where no key leads with the tenant", async () => {
      await create("create table t (name text)");
      expect(await protect("t")).toContain("added an index on work.t (tenant_id)");
      expect(await protect("t")).toEqual([]);
    });

    it("does not count a partial or an unusable index", async () => {
      await create(
        "create table t (tenant_id uuid not null, name text); create index on t (tenant_id) where name = 'x'; create index on t (name, tenant_id)",
      );
      expect(await protect("t")).toContain("added an index on work.t (tenant_id)");
    });

    it("puts the tenant first in a key of several columns, whatever their names", async () => {
      await create(
        'create table t ("Order" integer, "select" text, primary key ("Order", "select"))',
      );
      await protect("t");
      expect(await definitions("t", "p")).toEqual(['PRIMARY KEY (tenant_id, "Order", "select")']);
    });

    it("leaves a primary key that is referenced, and warns each time", async () => {
      await create(
        "create table t (id integer primary key); create table u (id integer primary key, t_id integer references t)",
      );
      const said = await protect("t");
      const warning = said.find((line) => line.startsWith("warning"));
      expect(warning).toContain("lacks tenant_id and is referenced");
      expect(await protect("t")).toEqual([warning]);
    });

    it("leaves a primary key beside which one with the tenant stands, and warns each time", async () => {
      await create(
        "create table t (id integer primary key, tenant_id uuid not null, unique (tenant_id, id))",
      );
      const said = await protect("t");
      expect(await definitions("t", "p")).toEqual(["PRIMARY KEY (id)"]);
      const warning = said.find((line) => line.startsWith("warning"));
      expect(warning).toContain("was left, for a unique key with it stands beside");
      expect(await protect("t")).toEqual([warning]);
    });

    it("warns of a foreign key that can point into another tenant", async () => {
      await create(
        "create table t (id integer primary key); create table u (id integer primary key, t_id integer references t)",
      );
      await protect("t");
      expect(await protect("u")).toContainEqual(
        expect.stringMatching(
          /^warning: work\.u: the foreign key u_t_id_fkey .* does not carry tenant_id/,
        ),
      );
    });

    it("does not warn of a foreign key to a global table, or of one that carries the tenant", async () => {
      await create(
        "create table country (code text primary key); create table t (id integer primary key, country text references country)",
      );
      await stage.owner("select tenantry.share('work.country', 'the same for all')");
      await protect("t");
      await create(
        "create table u (id integer primary key, t_id integer, tenant_id uuid, foreign key (tenant_id, t_id) references t (tenant_id, id))",
      );
      const said = [...(await protect("t")), ...(await protect("u"))];
      expect(said.filter((line) => line.startsWith("warning"))).toEqual([]);
    });

    it.each([
      ["a unique constraint", "email text unique"],
      ["a unique index", "email text); create unique index on t (lower(email)"],
      ["an exclusion constraint", "during int4range, exclude using gist (during with &&)"],
    ])("warns of %s without the tenant", async (_, column) => {
      await create(`create table t (id integer primary key, ${column})`);
      expect(await protect("t")).toContainEqual(
        expect.stringMatching(/^warning: work\.t: .* lacks tenant_id/),
      );
    });

    it("warns of a rewrite rule", async () => {
      await create(
        "create table t (id integer primary key); create rule r as on insert to t do also select 1",
      );
      expect(await protect("t")).toContainEqual(expect.stringContaining("the rewrite rule r"));
    });
  });

  describe("of a partitioned table", () => {
    const tables = `
      create table log (id integer, at date) partition by range (at);
      create table log_old partition of log for values from ('2020-01-01') to ('2025-01-01');
      create table log_new partition of log for values from ('2025-01-01') to ('2030-01-01') partition by list (id);
      create table log_new_1 partition of log_new for values in (1)`;
    const partitions = ["log_old", "log_new", "log_new_1"];

    beforeEach(() => create(tables));

    it("protects every partition, and says nothing the second time", async () => {
      await protect("log");
      for (const table of ["log", ...partitions]) {
        expect(
          await one(
            `select relrowsecurity and relforcerowsecurity as forced, tenantry.policies_are_true(oid) as policies from pg_class where oid = 'work.${table}'::regclass`,
          ),
        ).toEqual({ forced: true, policies: true });
      }
      expect(await protect("log")).toEqual([]);
      expect(
        await stage.admin("select * from tenantry.unclassified where relation::text like 'work.%'"),
      ).toEqual([]);
    });

    it("isolates through the table as well as through each partition", async () => {
      await protect("log");
      await stage.admin(
        "grant select, update, delete on work.log_old, work.log_new_1 to tenantry_app",
      );
      await stage.admin(
        "insert into work.log values (1, '2024-01-01', $1), (1, '2026-01-01', $1), (1, '2024-01-01', $2)",
        [stage.b.id, stage.a.id],
      );
      await withBare(stage.database.appUrl, async (app) => {
        const seal = sealOf(stage, stage.a.id);
        expect(await underSeal(app, seal, "select count(*)::int as n from work.log")).toEqual([
          { n: 1 },
        ]);
        expect(await underSeal(app, seal, "select count(*)::int as n from work.log_old")).toEqual([
          { n: 1 },
        ]);
        expect(await underSeal(app, seal, "select count(*)::int as n from work.log_new_1")).toEqual(
          [{ n: 0 }],
        );
        expect(await underSeal(app, seal, "delete from work.log_new_1 returning 1")).toEqual([]);
      });
    });

    it("gives the app no way to a partition by itself", async () => {
      await protect("log");
      for (const table of partitions)
        expect(await privileges("tenantry_app", table)).toEqual({ has: "" });
    });

    it("protects a partition that came later when it is called again", async () => {
      await protect("log");
      await create(
        "create table log_later partition of log for values from ('2030-01-01') to ('2035-01-01')",
      );
      const said = await protect("log");
      expect(said.join()).toContain("forced row level security on work.log_later");
      expect(await protect("log")).toEqual([]);
    });
  });

  describe("of what cannot be protected", () => {
    it.each([
      ["a view", "create view v as select 1 as id", "v", "is not a table that"],
      [
        "a materialized view",
        "create materialized view v as select 1 as id",
        "v",
        "is not a table",
      ],
      ["a sequence", "create sequence v", "v", "is not a table that"],
    ])("refuses %s", async (_, text, name, message) => {
      await create(text);
      await expect(protect(name)).rejects.toThrow(message);
    });

    it("refuses tables of PostgreSQL's and of Tenantry's own", async () => {
      for (const table of ["tenantry.tenant", "tenantry.seal_key", "pg_catalog.pg_class"]) {
        await expect(stage.admin(`select tenantry.protect('${table}')`)).rejects.toThrow(
          "not a table of yours",
        );
      }
    });

    it("refuses what does not exist, and nothing", async () => {
      expect(await codeOf(() => protect("nowhere"))).toBe("42P01");
      await failureOf(() => stage.owner("select tenantry.protect(null)"));
    });
  });

  it("works on tables with names that must be quoted", async () => {
    await create('create table "My ""Table""; drop" (id integer primary key)');
    await stage.owner(`select tenantry.protect('work."My ""Table""; drop"')`);
    expect(await stage.owner(`select tenantry.protect('work."My ""Table""; drop"')`)).toEqual([]);
  });

  it("lets the app fill an identity column, without reading its sequence", async () => {
    await create(
      "create table t (id integer generated always as identity primary key, serial serial)",
    );
    await protect("t");
    const { rows } = await stage.asA(() =>
      stage.tenantry.db.query("insert into work.t default values returning id, serial"),
    );
    expect(rows).toEqual([{ id: 1, serial: 1 }]);
    expect(
      await stage.asA(() =>
        codeOf(() => stage.tenantry.db.query("select last_value from work.t_serial_seq")),
      ),
    ).toBe("42501");
    expect(
      await stage.asA(() =>
        codeOf(() => stage.tenantry.db.query("select setval('work.t_serial_seq', 100)")),
      ),
    ).toBe("42501");
  });

  it("is not for the app or the operator to call, nor any other of its kind", async () => {
    const functions = await stage.admin(
      `select p.oid::regprocedure::text as signature, proname::text as name,
         has_function_privilege('tenantry_app', p.oid, 'execute') as app,
         has_function_privilege('tenantry_operator', p.oid, 'execute') as operator
       from pg_proc p where pronamespace = 'tenantry'::regnamespace order by 1`,
    );
    const open = functions.filter(({ app, operator }) => app === true || operator === true);
    expect(
      open
        .map(({ name, app, operator }) => `${String(name)} ${String(app)} ${String(operator)}`)
        .sort(),
    ).toEqual([
      "begin_operator false true",
      "claimed_tenant true true",
      "current_tenant true true",
      "find_tenant true true",
      "may_operate true true",
      "operating true true",
      "refuse_scope true true",
      "seal_is_genuine true true",
      "seal_is_live true true",
      "weakened true true",
    ]);
  });

  describe("and its counterparts", () => {
    it("share() opens a table to all for reading, and says so", async () => {
      await create(
        "create table country (code text primary key); insert into country values ('ch')",
      );
      const share = () => stage.owner("select tenantry.share('work.country', 'ISO 3166') as line");
      const said = (await share()).map(({ line }) => line as string);
      expect(said).toContain("classified work.country as global");
      expect(await share()).toEqual([]);
      expect(await privileges("tenantry_app", "country")).toEqual({ has: "SELECT" });
      expect(await privileges("tenantry_operator", "country")).toEqual({
        has: "DELETE,INSERT,SELECT,UPDATE",
      });
      const { rows } = await stage.asA(() =>
        stage.tenantry.db.query("select code from work.country"),
      );
      expect(rows).toEqual([{ code: "ch" }]);
      expect(
        await stage.asA(() => codeOf(() => stage.tenantry.db.query("delete from work.country"))),
      ).toBe("42501");
    });

    it("restrict() closes a table to all but operators", async () => {
      await create("create table ledger (id integer primary key)");
      await stage.admin("grant all on work.ledger to tenantry_app, public");
      await stage.owner("select tenantry.restrict('work.ledger', 'internal')");
      expect(await stage.owner("select tenantry.restrict('work.ledger', 'internal')")).toEqual([]);
      expect(await privileges("tenantry_app", "ledger")).toEqual({ has: "" });
      expect(await privileges("tenantry_operator", "ledger")).toEqual({
        has: "DELETE,INSERT,SELECT,UPDATE",
      });
    });

    it.each(["share", "restrict"])("%s() needs a reason", async (name) => {
      await create("create table t (id integer)");
      for (const reason of ["null", "''", `'${"x".repeat(1001)}'`]) {
        expect(
          await codeOf(() => stage.owner(`select tenantry.${name}('work.t', ${reason})`)),
        ).toBe("23514");
      }
      expect(await stage.admin("select from tenantry.manifest")).toEqual([]);
    });

    it("the manifest tells what each table is, to app and operator, and lets neither change it", async () => {
      await create(
        "create table a (id integer primary key); create table b (id integer); create table c (id integer)",
      );
      await stage.owner(
        "select tenantry.protect('work.a'); select tenantry.share('work.b', 'for all'); select tenantry.restrict('work.c', 'internal')",
      );
      const text = "select relation::text, class, reason from tenantry.manifest order by 1";
      for (const url of [stage.database.appUrl, stage.database.operatorUrl]) {
        await withBare(url, async (client) => {
          expect((await client.query(text)).rows).toEqual([
            { relation: "work.a", class: "tenant", reason: null },
            { relation: "work.b", class: "global", reason: "for all" },
            { relation: "work.c", class: "operator", reason: "internal" },
          ]);
          for (const change of [
            "delete from tenantry.manifest",
            "update tenantry.manifest set class = 'global', reason = 'x'",
            "insert into tenantry.manifest values ('pg_class', 'tenant')",
          ]) {
            expect(await codeOf(() => client.query(change))).toBe("42501");
          }
        });
      }
    });

    it("unclassified lists every kind of table that is in no class", async () => {
      await create(
        "create table t (id integer); create table p (id integer) partition by list (id); create table p1 partition of p for values in (1); create materialized view m as select 1 as id; create view v as select 1 as id",
      );
      const listed = async () => {
        const rows = await stage.admin(
          "select relation::text as name from tenantry.unclassified order by 1",
        );
        return rows.map(({ name }) => name as string);
      };
      expect(await listed()).toEqual(["work.m", "work.p", "work.p1", "work.t"]);
      await stage.owner("select tenantry.protect('work.t'); select tenantry.protect('work.p')");
      expect(await listed()).toEqual(["work.m"]);
    });

    it("a table may change its class, and its privileges change with it", async () => {
      await create("create table t (id integer primary key)");
      await stage.owner("select tenantry.share('work.t', 'for all')");
      await protect("t");
      expect(await privileges("tenantry_app", "t")).toEqual({ has: "DELETE,INSERT,SELECT,UPDATE" });
      await stage.owner("select tenantry.restrict('work.t', 'no longer')");
      expect(await privileges("tenantry_app", "t")).toEqual({ has: "" });
      expect(await stage.admin("select class from tenantry.manifest")).toEqual([
        { class: "operator" },
      ]);
    });

    it("a dropped table's entry in the manifest is nobody else's later", async () => {
      await create("create table t (id integer primary key)");
      await protect("t");
      await create("drop table t; create table t (id integer primary key)");
      expect(await stage.admin("select relation::text as name from tenantry.unclassified")).toEqual(
        [{ name: "work.t" }],
      );
      await protect("t");
      expect(await stage.admin("select relation::text as name from tenantry.unclassified")).toEqual(
        [],
      );
    });
  });
});
