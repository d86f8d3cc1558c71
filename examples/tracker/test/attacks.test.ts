import { setTimeout as wait } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { asAdmin } from "../../../test/support/databases.js";
import { describeOnServers, embeddedServer } from "../../../test/support/servers.js";
import { search, union } from "../src/demo/by-sql.js";
import { markOf } from "../src/seed/tenants.js";
import { fire, fireAll, type Fired } from "./fire.js";
import { runTracker, type RunningTracker } from "./running-tracker.js";

const demo = { injectableSearch: true };
const usualWay = ["usual-union", "usual-overwrite"];

describeOnServers("the attacks of the page", (server) => {
  let running: RunningTracker;
  beforeAll(async () => {
    running = await runTracker(server, demo);
  });
  afterAll(() => running.close());

  it.each(["acme.localhost", "globex.localhost"])("all fail from %s", async (host) => {
    const fired = await fireAll(running, host);
    const ours = [...fired.values()].filter(({ attack }) => !usualWay.includes(attack.id));
    expect(ours.length).toBe(25);
    for (const { attack, verdict, answer } of ours) {
      expect(verdict, `${attack.id}: ${answer.status} ${answer.body.slice(0, 300)}`).toBe("held");
    }
  });

  it("succeed against the usual way as soon as the setting is overwritten", async () => {
    const fired = await fireAll(running, "acme.localhost");
    expect(fired.get("usual-union")?.verdict).toBe("held");
    expect(fired.get("usual-overwrite")?.verdict).toBe("broken");
    expect(fired.get("usual-overwrite")?.answer.body).toContain("Internal to Globex");
  });

  it("leave the service as it was, for every tenant", async () => {
    for (const slug of ["acme", "globex"] as const) {
      for (let n = 0; n < 12; n++) {
        const { status, body } = await running.askAs(
          "owner",
          `${slug}.localhost`,
          "/api/projects/1",
        );
        expect(status).toBe(200);
        expect(body).toContain(slug === "acme" ? "Internal to Acme" : "Internal to Globex");
      }
    }
    const { body } = await running.askAs("owner", "acme.localhost", "/api/documents?search=taken");
    expect(body).toBe('{"documents":[]}');
  });

  it.each([
    ["set_config", "set_config('search_path', 'pg_catalog', false)"],
    [
      "a function that runs SQL, with the name of set_config hidden",
      "query_to_xml('select set_con' || 'fig(''search_path'', ''pg_catalog'', false)', true, false, '')::text",
    ],
    [
      "another function that runs SQL",
      "(select ts_stat::text from ts_stat('select to_tsvector(set_con' || 'fig(''search_path'', ''pg_catalog'', false))') limit 1)",
    ],
  ])("cannot leave a trap for the next request by %s", async (_, expression) => {
    const { path } = search(union(`select 0, ${expression}, ''`));
    // More often than there are connections.
    for (let n = 0; n < 12; n++) await running.askAs("owner", "acme.localhost", path);
    const after = await Promise.all(
      Array.from({ length: 12 }, () =>
        running.askAs("owner", "globex.localhost", "/api/projects/1"),
      ),
    );
    expect(after.map(({ status }) => status)).toEqual(after.map(() => 200));
  });

  it("cannot find a seal in what other sessions are doing just then", async () => {
    const slow = search(union("select 0, pg_sleep(1)::text, ''"));
    const busy = running.askAs("owner", "globex.localhost", slow.path);
    await untilAsleep();
    const { path } = search(union("select pid, state, query from pg_stat_activity"));
    const { body } = await running.askAs("owner", "acme.localhost", path);
    expect(body).toContain("STATEMENT_REFUSED");
    // The same look past the service: with a connection of one's own under the app's login.
    const { rows } = await asAdmin(running.database.appUrl, (app) =>
      app.query<{ query: string }>("select query from pg_stat_activity"),
    );
    await busy;
    const texts = rows.map(({ query }) => query).join("\n");
    expect(texts).toContain("pg_sleep(1)");
    expect(texts).not.toMatch(/t1\.[0-9a-f]{8}\./);
  });

  const untilAsleep = () =>
    asAdmin(running.database.adminUrl, async (admin) => {
      const asleep = `select from pg_stat_activity
        where datname = current_database() and wait_event = 'PgSleep'`;
      while ((await admin.query(asleep)).rowCount === 0) await wait(20);
    });

  describe("as the app's own login, without the service in between", () => {
    it.each([
      ["create function public.f() returns int language sql return 1", "42501"],
      [
        "create or replace function tenantry.current_tenant() returns uuid language sql as 'select null::uuid'",
        "42501",
      ],
      ["create temporary table documents (id int)", "42501"],
      ["create table public.loot (id int)", "42501"],
      ["alter table public.documents disable row level security", "42501"],
      ["truncate public.documents", "42501"],
      ["select * from tenantry.seal_key", "42501"],
      ["select * from tenantry.tenant", "42501"],
      ["select * from usual_way.documents", "42501"],
      ["set role tenantry_owner", "42501"],
      ["update public.currencies set name = 'none'", "42501"],
      ["update public.documents set body = 'taken'", "TN001"],
    ])("is refused: %s", async (statement, sqlstate) => {
      const attempt = asAdmin(running.database.appUrl, (app) => app.query(statement));
      await expect(attempt).rejects.toMatchObject({ code: sqlstate });
    });
  });

  it.each([
    "insert into projects (tenant_id, id, name) values ($1, 9999, 'planted')",
    "update projects set tenant_id = $1 where id = 3",
    "insert into documents (id, project_id, title, body) select 9999, id, 'x', $1 from generate_series(130, 130) id",
  ])("cannot write into another tenant from within a scope: %s", async (statement) => {
    const { tenantry, tenantIds } = running.tracker;
    const work = tenantry.enter("acme", { reason: "test" }, () =>
      tenantry.db.query(statement, [tenantIds.get("globex")]),
    );
    // Refused by the policy, or by the composite foreign key: project 130 is Globex's.
    await expect(work).rejects.toMatchObject({ code: expect.stringMatching(/^(?:42501|23503)$/) });
  });

  it("reach nothing but the one table with the login of the usual way", async () => {
    const reach = union("select 0, table_schema, table_name from information_schema.tables");
    const { body } = await running.askAs(
      "owner",
      "acme.localhost",
      search(reach, "/api/usual-way/documents").path,
    );
    const { documents } = JSON.parse(body) as { documents: { title: string; body: string }[] };
    const own = documents.filter(
      ({ title }) => title !== "pg_catalog" && title !== "information_schema",
    );
    expect(own).toEqual([{ id: 0, title: "usual_way", body: "documents" }]);
  });
});

/** Each takes a guard away; the attacks that it stops must then be seen to succeed. */
const planted: readonly {
  readonly bug: string;
  readonly sql: string;
  readonly breaks: readonly string[];
}[] = [
  {
    bug: "the seal is believed without a look at it",
    sql: `create or replace function tenantry.current_tenant() returns uuid language sql stable
      as 'select tenantry.claimed_tenant()'`,
    breaks: ["forged", "swapped", "expired", "ours-overwrite"],
  },
  {
    bug: "the expiry is not looked at",
    sql: `create or replace function tenantry.current_tenant() returns uuid language sql stable
      security definer set search_path = pg_catalog, pg_temp
      as $$ select tenantry.claimed_tenant() from tenantry.seal_key k where k.purpose = 'database'
        and tenantry.seal_is_genuine(current_setting('tenantry.scope'), k.inner_pad, k.outer_pad) $$`,
    breaks: ["expired"],
  },
  {
    bug: "row security is off",
    sql: `alter table public.documents disable row level security;
      alter table public.projects disable row level security`,
    breaks: ["union", "their-id", "tenant-header"],
  },
  {
    bug: "the app may read the keys and the registry",
    sql: "grant select on tenantry.seal_key, tenantry.tenant to tenantry_app",
    breaks: ["key-table", "customers"],
  },
  {
    bug: "whoever belongs to a tenant owns it",
    sql: "update tenantry.membership set role = 'owner'",
    breaks: ["lesser-role"],
  },
];

describe("the attacks of the page, with a bug planted", () => {
  it.each(planted)("succeed where $bug", async ({ sql, breaks }) => {
    const running = await runTracker(embeddedServer(), demo);
    try {
      await asAdmin(running.database.adminUrl, (admin) => admin.query(sql));
      const fired = await fireAll(running, "acme.localhost");
      for (const id of breaks) expect(verdictOf(fired, id), id).toBe("broken");
    } finally {
      await running.close();
    }
  });

  it("prove nothing where they fail by accident", async () => {
    const running = await runTracker(embeddedServer(), demo);
    try {
      await asAdmin(running.database.adminUrl, (admin) =>
        admin.query("alter table public.documents rename to papers"),
      );
      const attack = {
        id: "union",
        title: "",
        tries: "",
        outcome: "",
        request: search(union("select id, title, body from documents")),
        leak: markOf({ name: "Globex" }),
        expected: { status: 200, body: markOf({ name: "Acme" }) },
      };
      expect((await fire(running, "acme.localhost", attack)).verdict).toBe("unproven");
    } finally {
      await running.close();
    }
  });
});

function verdictOf(fired: ReadonlyMap<string, Fired>, id: string): string {
  return fired.get(id)?.verdict ?? "not fired";
}
