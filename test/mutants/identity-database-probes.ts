import { createHmac } from "node:crypto";
import pg from "pg";
import { expect } from "vitest";
import { createKeyRing } from "../../src/core/seal/key-ring.js";
import type { Tenant } from "../../src/core/tenant.js";
import { caller, type IdentityFixture } from "../identity/support/identity-fixture.js";
import { asIdentity, code, waiting } from "../identity/support/staged.js";
import { openServices, settle } from "../identity/support/two-tenants.js";
import { until } from "../support/until.js";
import { tenantTables } from "./identity-database-mutants.js";

/** A probe throws where the database does not what it should. */
type Probe = (fixture: IdentityFixture) => Promise<void>;

const change = (what: string) => `update tenantry.membership set ${what} where account_id = $1`;
const system = { kind: "system", id: "test" } as const;
const within = (fixture: IdentityFixture, text: string, values: unknown[]) =>
  code(fixture.database.inTenant(fixture.acme, system, text, values));

/** Accounts that are owners of Acme. */
async function owners(fixture: IdentityFixture, count: number): Promise<string[]> {
  const { members } = openServices(fixture);
  const ids = [];
  for (let each = 0; each < count; each++) {
    const { id } = await fixture.person("owner");
    await members.admit(fixture.acme, { accountId: id, role: "owner" }, caller);
    ids.push(id);
  }
  return ids;
}

const row = async <Row>({ admin }: IdentityFixture, text: string, values: unknown[]) =>
  (await admin<Row>(text, values))[0]!;

export const identityDatabaseProbes: Readonly<Record<string, Probe>> = {
  async "a-tenant-keeps-an-owner"(fixture) {
    const [ada, bea] = await owners(fixture, 2);
    const { members } = openServices(fixture);
    const { id } = await fixture.person("member");
    await members.admit(fixture.acme, { accountId: id, role: "member" }, caller);
    expect(await within(fixture, change("status = 'suspended'"), [bea])).toBe("done");
    for (const what of ["status = 'removed'", "status = 'suspended'", "role = 'member'"]) {
      expect([what, await within(fixture, change(what), [ada])]).toEqual([what, "23514"]);
    }
  },

  async "owners-leave-one-after-the-other"(fixture) {
    const [ada, bea] = await owners(fixture, 2);
    const leave = change("status = 'removed'");
    await asIdentity(fixture, fixture.acme, (first) =>
      asIdentity(fixture, fixture.acme, async (second) => {
        await first.query(leave, [ada]);
        await second.query(leave, [bea]);
        await first.query("set constraints all immediate");
        const checked = code(second.query("set constraints all immediate"));
        await Promise.race([checked, until(async () => (await waiting(fixture)) === 1)]);
        await first.query("commit");
        expect(await checked).toBe("23514");
      }),
    );
  },

  async "an-owner-hands-over"(fixture) {
    const [ada] = await owners(fixture, 1);
    const { id: bea } = await fixture.person("bea");
    await openServices(fixture).members.admit(
      fixture.acme,
      { accountId: bea, role: "admin" },
      caller,
    );
    const handed = asIdentity(fixture, fixture.acme, async (client) => {
      await client.query(change("role = 'admin'"), [ada]);
      await client.query(change("role = 'owner'"), [bea]);
      await client.query("commit");
    });
    expect(await code(handed)).toBe("done");
  },

  async "no-owner-is-counted-in-the-past"(fixture) {
    const [ada] = await owners(fixture, 2);
    const left = asIdentity(
      fixture,
      fixture.acme,
      async (client) => {
        await client.query(change("status = 'removed'"), [ada]);
        await client.query("commit");
      },
      "begin isolation level repeatable read",
    );
    expect(await code(left)).toBe("0A000");
  },

  async "versions-grow"(fixture) {
    const [ada] = await owners(fixture, 2);
    const authority =
      "insert into tenantry.tenant_authority (tenant_id) values ($1) on conflict (tenant_id) do update set version = 1";
    const read = async () =>
      [
        await row(
          fixture,
          "select version::integer, updated_at from tenantry.membership where account_id = $1",
          [ada],
        ),
        await row(
          fixture,
          "select version::integer, updated_at from tenantry.tenant_authority where tenant_id = $1",
          [fixture.acme.id],
        ),
      ] as { version: number; updated_at: Date }[];
    expect(await within(fixture, authority, [fixture.acme.id])).toBe("done");
    const before = await read();
    await within(fixture, change("version = 1, updated_at = '2000-01-01'"), [ada]);
    await within(fixture, authority, [fixture.acme.id]);
    const after = await read();
    for (const [at, { version, updated_at }] of after.entries()) {
      expect(version).toBeGreaterThan(before[at]!.version);
      expect(updated_at.getTime()).toBeGreaterThanOrEqual(before[at]!.updated_at.getTime());
    }
  },

  async "changes-are-announced"(fixture) {
    const [ada] = await owners(fixture, 2);
    const heard: string[] = [];
    const listener = new pg.Client({ connectionString: fixture.test.appUrl });
    listener.on("error", () => undefined);
    listener.on("notification", ({ payload = "" }) => heard.push(payload));
    await listener.connect();
    try {
      await listener.query("listen tenantry_authority; listen over");
      await within(fixture, change("role = 'admin'"), [ada]);
      await within(fixture, "insert into tenantry.tenant_authority (tenant_id) values ($1)", [
        fixture.acme.id,
      ]);
      await fixture.admin("notify over, 'over'");
      await until(() => heard.includes("over"));
    } finally {
      await listener.end();
    }
    const version = (text: string, id: string) => row<{ v: string }>(fixture, text, [id]);
    const one = await version(
      "select version::text as v from tenantry.membership where account_id = $1",
      ada!,
    );
    const all = await version(
      "select version::text as v from tenantry.tenant_authority where tenant_id = $1",
      fixture.acme.id,
    );
    const { current } = createKeyRing(fixture.test.secret);
    const signed = (text: string) =>
      `${text}:${current.id}:${createHmac("sha256", current.material.registry).update(`authority:${text}`).digest("hex")}`;
    expect(heard).toEqual([
      signed(`${fixture.acme.id}:${ada}:${one.v}`),
      signed(`${fixture.acme.id}:*:${all.v}`),
      "over",
    ]);
  },

  async "the-picker-knows"(fixture) {
    const [ada] = await owners(fixture, 2);
    const read = () =>
      row(
        fixture,
        "select tenant_id, role, status from tenantry.account_tenant where account_id = $1",
        [ada],
      );
    expect(await read()).toEqual({ tenant_id: fixture.acme.id, role: "owner", status: "active" });
    await within(fixture, change("role = 'viewer', status = 'suspended'"), [ada]);
    expect(await read()).toMatchObject({ role: "viewer", status: "suspended" });
  },

  async "identity-is-held-to-its-tenant"(fixture) {
    await oneOfEach(fixture, fixture.acme);
    await asIdentity(fixture, fixture.globex, async (client) => {
      for (const table of tenantTables) {
        const { rows } = await client.query(`select * from tenantry.${table}`);
        expect([table, rows]).toEqual([table, []]);
        if (table === "identity_event") continue;
        const { rowCount } = await client.query(
          `update tenantry.${table} set tenant_id = tenant_id`,
        );
        expect([table, rowCount]).toEqual([table, 0]);
      }
      await client.query("savepoint before");
      const forged = client.query(
        "insert into tenantry.tenant_role (tenant_id, name, permissions) values ($1, 'forged', '{}')",
        [fixture.acme.id],
      );
      expect(await code(forged)).toBe("42501");
    });
  },

  async "each-role-has-its-rights"(fixture) {
    const rights = await fixture.admin<{ line: string }>(
      `select format('%s %s: %s', r.name, c.relname, string_agg(p.name, ' ' order by p.name)) as line
       from unnest(array['public', 'tenantry_app', 'tenantry_operator', 'tenantry_identity']) r(name),
         pg_class c, unnest(array['select', 'insert', 'update', 'delete', 'truncate', 'references', 'trigger']) p(name)
       where c.relnamespace = 'tenantry'::regnamespace and c.relname = any ($1)
         and (has_table_privilege(r.name, c.oid, p.name)
           or p.name in ('select', 'insert', 'update', 'references') and has_any_column_privilege(r.name, c.oid, p.name))
       group by r.name, c.relname order by 1`,
      [[...tenantTables, ...globalTables]],
    );
    const written = "insert select update";
    expect(rights.map(({ line }) => line)).toEqual(
      [
        "tenantry_app membership: select",
        ...["account", "session"].map((table) => `tenantry_identity ${table}: ${written}`),
        ...["email_token", "signing_key"].map(
          (table) => `tenantry_identity ${table}: delete ${written}`,
        ),
        "tenantry_identity account_event: insert select",
        "tenantry_identity account_tenant: select",
        "tenantry_identity identity_event: insert select",
        `tenantry_identity tenant_role: delete ${written}`,
        ...["membership", "tenant_authority", "invitation", "api_key", "tenant_grant"].map(
          (table) => `tenantry_identity ${table}: ${written}`,
        ),
      ].sort(),
    );
    const open = await fixture.admin(
      `select proname from pg_proc where pronamespace = 'tenantry'::regnamespace and proname = any ($1)
       and has_function_privilege('public', oid, 'execute')`,
      [["announce", "announce_authority", "stamp_authority", "keep_an_owner", "index_membership"]],
    );
    expect(open).toEqual([]);
    const member = await fixture.admin(
      "select from pg_auth_members where member = 'tenantry_identity'::regrole",
    );
    expect(member).toEqual([]);
  },
};

const globalTables = [
  "account",
  "session",
  "email_token",
  "signing_key",
  "account_event",
  "account_tenant",
];

/** A row in each of the tenant's tables. */
async function oneOfEach(fixture: IdentityFixture, tenant: Tenant): Promise<void> {
  await settle(fixture, openServices(fixture), tenant);
  await fixture.admin("insert into tenantry.tenant_authority (tenant_id) values ($1)", [tenant.id]);
  for (const table of tenantTables) {
    expect([table, (await fixture.admin(`select from tenantry.${table}`)).length]).not.toEqual([
      table,
      0,
    ]);
  }
}
