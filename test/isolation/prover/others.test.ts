import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { manifestSchema } from "../../../src/isolation/manifest/manifest.js";
import type { ProveOptions } from "../../../src/isolation/prover/options.js";
import { prove } from "../../../src/isolation/prover/prove.js";
import type { Report } from "../../../src/isolation/report/report.js";
import {
  asAdmin,
  createEmptyDatabase,
  createTestDatabase,
  type TestDatabase,
} from "../../support/databases.js";
import { urlFor } from "../../support/logins.js";
import { describeOnEmbedded } from "../../support/servers.js";
import { forRole, membershipSchema, settingSchema } from "./support/others.js";
import { openIn } from "./support/plant.js";

// Some seventy guards are broken, in each of two schemas.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const suffix = randomBytes(4).toString("hex");
const app = `tenantry_prv_app_${suffix}`;
const login = `tenantry_prv_login_${suffix}`;

const manifest = manifestSchema.parse({
  version: 1,
  root: "public.customers",
  setting: "app.tenant_id",
  tables: {
    "public.plans": { class: "global", reason: "the same for all" },
    "public.audit_trail": { class: "operator", reason: "the house's own" },
    "public.incidents": { class: "operator", reason: "the house's own" },
  },
});

describeOnEmbedded("tenantry prove, on schemas without Tenantry", (server) => {
  let memberships: TestDatabase;
  let settings: TestDatabase;
  const send = (database: TestDatabase, ...statements: readonly string[]) =>
    asAdmin(database.adminUrl, (admin) => admin.query(forRole(statements.join(";\n"), app)));
  const proveMemberships = (options: ProveOptions = {}) =>
    prove(memberships.adminUrl, { appRoles: [app], root: "teams", ...options });
  const proveSettings = (options: ProveOptions = {}, url = settings.adminUrl) =>
    prove(url, { appRoles: [app], manifest, ...options });

  beforeAll(async () => {
    memberships = await createEmptyDatabase(server);
    settings = await createEmptyDatabase(server);
    await asAdmin(server.adminUrl, (admin) => admin.query(`create role ${app}`));
    await send(memberships, membershipSchema);
    await send(settings, settingSchema);
  });
  afterAll(async () => {
    await memberships.drop();
    await settings.drop();
    await asAdmin(server.adminUrl, (admin) =>
      admin.query(`drop role if exists ${login}; drop role ${app}`),
    );
  });

  describe("where a token names a user, and a table of members the tenants", () => {
    let report: Report;
    beforeAll(async () => {
      report = await proveMemberships({ mutate: {} });
    });

    it("finds what is open, and nothing that is not", () => {
      expect(openIn(report)).toEqual(["public.documents oracle", "set_config() inside a SELECT"]);
      expect(report.unproven).toEqual([]);
    });

    it("lets no broken guard live", () => {
      expect(survivorsIn(report)).toEqual([]);
      expect(killed(report)).toBeGreaterThan(70);
    });

    it("makes the members that a policy asks for, though only one table is proven", async () => {
      const alone = await proveMemberships({ only: "public.documents" });
      expect(openIn(alone)).toEqual(openIn(report));
      expect(alone.unproven).toEqual([]);
    });

    it("forges a row in a table that takes one of each tenant, and a membership (B8)", async () => {
      await send(
        memberships,
        "create policy forge on team_settings for insert to app with check (true)",
        "grant insert on team_members to app",
        "create policy join_any on team_members for insert to app with check (user_id = auth.uid())",
      );
      const places = openIn(await proveMemberships({ only: "public.team_*" }));
      expect(places).toContain("public.team_settings insert");
      expect(places).toContain("public.team_members insert");
    });
  });

  it("says where Tenantry is there, and the root is none of its own yet", async () => {
    const migrated = await createTestDatabase(server);
    try {
      await send(
        migrated,
        "create table org (id text primary key, name text)",
        "create table task (org_id text not null references org, id text, primary key (org_id, id))",
        "grant select on org, task to app",
      );
      const report = await prove(migrated.adminUrl, {
        appRoles: [app, "tenantry_test_app"],
        root: "org",
      });
      expect(openIn(report)).toEqual(
        ["org", "task"].flatMap((table) => [`public.${table} read`, `public.${table} no tenant`]),
      );
      expect(report.unproven.join()).toMatch(/membership.*tenants are not the rows of public\.org/);
    } finally {
      await migrated.drop();
    }
  });

  describe("where a plain setting holds the tenant", () => {
    let report: Report;
    beforeAll(async () => {
      report = await proveSettings({ mutate: {} });
    });

    it("finds what is open, and nothing that is not", () => {
      expect(openIn(report)).toEqual([
        // Its rows go with their preference, whose deletion takes no other tenant's along.
        "public.preference_notes upsert",
        "public.preference_notes oracle",
        "public.preferences upsert",
        "public.preferences oracle",
        "set_config() inside a SELECT",
      ]);
      expect(report.unproven).toEqual([]);
    });

    it("lets no broken guard live", () => {
      expect(survivorsIn(report)).toEqual([]);
      expect(killed(report)).toBeGreaterThan(70);
    });

    it("judges writes to the operator's tables by what row security lets through", async () => {
      await send(
        settings,
        "grant insert on audit_trail to app",
        "create table incidents (id integer primary key, entry text not null)",
        "grant insert, update, delete on incidents to app",
        "alter table incidents enable row level security",
        "create policy change on incidents for update to app using (true)",
        `create role ${login} login bypassrls password '${server.rolePassword}'`,
        `grant ${app} to ${login}; grant all on all tables in schema public to ${login}; grant all on all sequences in schema public to ${login}`,
        "create policy who on orders as restrictive using (session_user <> 'nobody')",
      );
      const planted = await proveSettings({ only: "public.*" });
      expect(openIn(planted).filter((place) => /audit_trail|incidents/.test(place))).toEqual([
        "public.audit_trail insert",
        "public.incidents update",
      ]);
      expect(verdictsOf(planted, "public.incidents")).toMatchObject({
        insert: "holds",
        delete: "holds",
      });
    });

    it("says nothing of policies that ask for the login, to one who cannot change it", async () => {
      const url = urlFor(server.adminUrl, settings.name, login, server.rolePassword);
      const limited = await proveSettings({ only: "public.orders" }, url);
      const { privilege, ...verdicts } = verdictsOf(limited, "public.orders");
      expect(new Set(Object.values(verdicts))).toEqual(new Set(["unproven"]));
      expect(privilege).toBe("holds");
      expect(limited.unproven.join()).toContain("session_user");
      const whole = await proveSettings({ only: "public.orders" });
      expect(Object.values(verdictsOf(whole, "public.orders"))).not.toContain("unproven");
    });
  });
});

const survivorsIn = ({ findings }: Report) =>
  findings.filter(({ rule }) => rule.id === "survivor").map(({ message }) => message);

function killed({ notes }: Report): number {
  return Number(/killed (\d+) of/.exec(notes.join())?.[1] ?? 0);
}

function verdictsOf({ matrices }: Report, table: string): Readonly<Record<string, string>> {
  const [{ columns, rows }] = matrices as [Report["matrices"][number]];
  const cells = rows.find(({ name }) => name === table)?.cells ?? [];
  return Object.fromEntries(cells.map(({ verdict }, index) => [columns[index]!, verdict]));
}
