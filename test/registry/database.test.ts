import fc from "fast-check";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { isHostName } from "../../src/core/host-name.js";
import { createKeyRing } from "../../src/core/seal/key-ring.js";
import { makeSeal, noTenant } from "../../src/core/seal/seal.js";
import type { SealPurpose } from "../../src/core/seal/purpose.js";
import { isSlug, type Tenant } from "../../src/core/tenant.js";
import { newUuid } from "../../src/core/uuid.js";
import { readPayload } from "../../src/registry/feed/payload.js";
import { describeOnServers } from "../support/servers.js";
import { openRegistryFixture, type RegistryFixture } from "./registry-fixture.js";
import { until } from "../support/until.js";

const find = "select id from tenantry.find_tenant($1, $2, $3)";

describeOnServers("the registry's schema", (server) => {
  let fixture: RegistryFixture;
  let tenant: Tenant;
  beforeAll(async () => {
    fixture = await openRegistryFixture(server);
    tenant = await fixture.registry.create({ slug: "victim", name: "Victim" });
    await fixture.registry.addDomain(tenant.id, "victim.example.org");
    await fixture.registry.verifyDomain(tenant.id, "victim.example.org");
  });
  afterAll(() => fixture?.close());

  function seal(purpose: SealPurpose, lifetime = 60, keys = fixture.keys): string {
    const expiresAt = Math.floor(Date.now() / 1000) + lifetime;
    const tenantId = purpose === "database" ? tenant.id : noTenant;
    return makeSeal(keys, purpose, { tenantId, expiresAt, claims: {} });
  }

  describe("against SQL injected into the app", () => {
    it.each([
      "select * from tenantry.tenant",
      "select count(*) from tenantry.domain",
      "select host from tenantry.domain where verified_at is null",
      "insert into tenantry.tenant (id, slug, name) values (gen_random_uuid(), 'mine', 'Mine')",
      "update tenantry.tenant set status = 'active'",
      "delete from tenantry.domain",
      "truncate tenantry.domain",
      "do $$ begin lock table tenantry.tenant; end $$",
      "create trigger mine before insert on tenantry.tenant execute function tenantry.stamp_tenant()",
      "select last_value from tenantry.registry_version",
      "select nextval('tenantry.registry_version')",
      "select setval('tenantry.registry_version', 1)",
      "copy tenantry.tenant to stdout",
    ])("refuses the app role: %s", async (sql) => {
      await expect(fixture.app.query(sql)).rejects.toMatchObject({ code: "42501" });
    });

    it("answers one look-up to a good seal of the registry", async () => {
      for (const [kind, value] of [
        ["id", tenant.id],
        ["slug", "victim"],
        ["domain", "victim.example.org"],
      ]) {
        const { rows } = await fixture.app.query(find, [seal("registry"), kind, value]);
        expect(rows).toEqual([{ id: tenant.id }]);
      }
    });

    it.each<[string, () => string | null]>([
      ["no seal", () => null],
      ["an empty seal", () => ""],
      ["a seal that is none", () => "t1.x"],
      ["a database seal of the very tenant", () => seal("database")],
      ["an operator seal", () => seal("operator")],
      ["a service seal", () => seal("service")],
      ["an expired seal", () => seal("registry", -1)],
      ["a seal of another secret", () => seal("registry", 60, createKeyRing("x".repeat(64)))],
      ["a seal with a later expiry written in", () => withLaterExpiry(seal("registry"))],
    ])("looks nobody up for %s", async (_what, make) => {
      for (const [kind, value] of [
        ["id", tenant.id],
        ["slug", "victim"],
        ["slug", "nobody"],
        ["domain", "victim.example.org"],
        ["nonsense", "victim"],
      ]) {
        const asked = fixture.app.query(find, [make(), kind, value]);
        await expect(asked).rejects.toMatchObject({ code: expect.stringMatching(/^TN00[23]$/) });
      }
    });

    it("looks nobody up for a pattern, even with a seal", async () => {
      const { rows } = await fixture.app.query(find, [seal("registry"), "slug", "%"]);
      expect(rows).toEqual([]);
    });

    it("does not let a look-alike in another schema stand in for its tables", async () => {
      const client = await fixture.admin.connect();
      try {
        await client.query("begin");
        await client.query(`create schema trap; create table trap.tenant as select * from tenantry.tenant;
          create function trap.open_seal(text, text) returns uuid language sql as 'select null::uuid';
          grant usage on schema trap to public; set local role tenantry_app;
          set local search_path = trap, tenantry, pg_catalog`);
        const asked = client.query("select id from find_tenant('', 'slug', 'victim')");
        await expect(asked).rejects.toMatchObject({ code: "TN002" });
      } finally {
        await client.query("rollback");
        client.release();
      }
    });

    it("pins the search path of every definer function and lets PUBLIC run none", async () => {
      const { rows } = await fixture.admin.query<{ name: string; path: string; open: boolean }>(
        `select proname as name, array_to_string(proconfig, ';') as path,
           has_function_privilege('public', oid, 'execute') as open
         from pg_proc where pronamespace = 'tenantry'::regnamespace and proname = any ($1) and prosecdef`,
        [
          [
            "announce",
            "stamp_tenant",
            "announce_tenant",
            "hold_tenant",
            "touch_tenant",
            "find_tenant",
          ],
        ],
      );
      expect(rows).toHaveLength(6);
      for (const { path, open } of rows) {
        expect({ path, open }).toEqual({ path: "search_path=pg_catalog, pg_temp", open: false });
      }
    });
  });

  describe("for the operator", () => {
    it.each([
      "delete from tenantry.tenant",
      "truncate tenantry.tenant cascade",
      "update tenantry.tenant set slug = 'other'",
      "update tenantry.tenant set id = gen_random_uuid()",
      "update tenantry.tenant set version = 1",
      "update tenantry.domain set tenant_id = gen_random_uuid()",
      "update tenantry.domain set host = 'other.example.org'",
      "truncate tenantry.domain",
      "alter table tenantry.tenant disable trigger all",
      "select setval('tenantry.registry_version', 1)",
    ])("refuses the operator role: %s", async (sql) => {
      await expect(fixture.operator.query(sql)).rejects.toMatchObject({ code: "42501" });
    });

    it("sets the version itself, whatever an insert says", async () => {
      const { rows } = await fixture.operator.query<{ version: string }>(
        `insert into tenantry.tenant (id, slug, name, version, updated_at)
         values ($1, 'liar', 'Liar', 9007199254740991, 'epoch') returning version`,
        [newUuid()],
      );
      expect(Number(rows[0]?.version)).toBeLessThan(1_000_000);
    });

    it("never takes a tenant back out of the archive, whoever asks", async () => {
      const { id } = await fixture.registry.create({ slug: "gone", name: "Gone" });
      await fixture.registry.archive(id);
      const update = "update tenantry.tenant set status = 'active' where id = $1";
      for (const pool of [fixture.operator, fixture.admin]) {
        const asked = pool.query(update, [id]);
        await expect(asked).rejects.toMatchObject({ constraint: "tenant_archived_for_good" });
      }
    });
  });

  describe("versions", () => {
    it("gives the change that commits later the higher version, also where two wait in line", async () => {
      const { id } = await fixture.registry.create({ slug: "queue", name: "Queue" });
      const [first, second] = [await fixture.operator.connect(), await fixture.operator.connect()];
      const rename = "update tenantry.tenant set name = $2 where id = $1 returning version";
      type Version = { version: string };
      try {
        await first.query("begin");
        await first.query(
          "insert into tenantry.domain (tenant_id, host, verification_token) values ($1, $2, $3)",
          [id, "queue.example.org", "x".repeat(40)],
        );
        const waiting = second.query<Version>(rename, [id, "second"]);
        const other = await fixture.registry.create({ slug: "meanwhile", name: "Meanwhile" });
        const { rows: ours } = await first.query<Version>(rename, [id, "first"]);
        await first.query("commit");
        const { rows: theirs } = await waiting;
        expect(Number(ours[0]!.version)).toBeGreaterThan(other.version);
        expect(Number(theirs[0]!.version)).toBeGreaterThan(Number(ours[0]!.version));
      } finally {
        first.release();
        second.release();
      }
    });

    it("announces every committed change with id, version and MAC alone, and no other", async () => {
      const listener = new pg.Client({ connectionString: fixture.database.appUrl });
      const heard: string[] = [];
      listener.on("notification", ({ payload = "" }) => heard.push(payload));
      await listener.connect();
      await listener.query("listen tenantry_registry");
      try {
        const created = await fixture.registry.create({ slug: "told", name: "Told" });
        const undone = await fixture.operator.connect();
        await undone.query("begin");
        await undone.query("update tenantry.tenant set name = 'x' where id = $1", [created.id]);
        await undone.query("rollback");
        undone.release();
        await fixture.registry.addDomain(created.id, "told.example.org");
        await fixture.registry.verifyDomain(created.id, "told.example.org");
        await fixture.registry.removeDomain(created.id, "told.example.org");
        const suspended = await fixture.registry.suspend(created.id);
        await fixture.admin.query("delete from tenantry.tenant where id = $1", [created.id]);
        await until(() => heard.length >= 6);
        const versions = heard.map((payload) => Number(payload.split(":")[1]));
        expect(heard.every((payload) => payload.split(":")[0] === created.id)).toBe(true);
        expect(heard.map((payload) => readPayload(payload, fixture.keys).proven)).not.toContain(
          false,
        );
        expect(versions).toEqual([...new Set(versions)].sort((a, b) => a - b));
        expect(versions[0]).toBe(created.version);
        expect(versions[4]).toBe(suspended.version);
        expect(heard).toHaveLength(6);
      } finally {
        await listener.end();
      }
    });
  });

  describe("locks", () => {
    it("lets rows that reference a tenant be inserted while it is being changed", async () => {
      await fixture.admin.query(
        "create table invoice (tenant_id uuid references tenantry.tenant (id))",
      );
      const changing = await fixture.operator.connect();
      const inserting = await fixture.admin.connect();
      try {
        await changing.query("begin");
        await changing.query(
          "insert into tenantry.domain (tenant_id, host, verification_token) values ($1, $2, $3)",
          [tenant.id, "invoice.example.org", "x".repeat(40)],
        );
        await inserting.query("set lock_timeout = '500ms'");
        const inserted = inserting.query("insert into invoice values ($1)", [tenant.id]);
        await expect(inserted).resolves.toMatchObject({ rowCount: 1 });
      } finally {
        await changing.query("rollback");
        changing.release();
        inserting.release(true);
      }
    });

    it("never deadlocks where one tenant's domains are changed by many at once", async () => {
      const { id } = await fixture.registry.create({ slug: "busy", name: "Busy" });
      const hosts = ["a", "b", "c"].map((label) => `${label}.busy.example.org`);
      const round = async (seed: number) => {
        const host = hosts[seed % 3]!;
        const { registry } = fixture;
        const steps = [
          () => registry.addDomain(id, host),
          () => registry.verifyDomain(id, host),
          () => registry.removeDomain(id, host),
          () => registry.suspend(id),
          () => registry.reactivate(id),
        ];
        for (let i = 0; i < 20; i += 1) {
          await steps[(i * 7 + seed) % steps.length]!().catch((error: unknown) => {
            expect(error).toMatchObject({ code: "DOMAIN_NOT_FOUND" });
          });
        }
      };
      await Promise.all(Array.from({ length: 10 }, (_, seed) => round(seed)));
      const { rows } = await fixture.admin.query<{ deadlocks: string }>(
        "select deadlocks from pg_stat_database where datname = current_database()",
      );
      expect(rows).toEqual([{ deadlocks: "0" }]);
    });
  });

  describe("CHECK constraints", () => {
    const piece = fc.constantFrom(
      "a",
      "z",
      "0",
      "9",
      "-",
      ".",
      "--",
      "xn--",
      "A",
      "é",
      "0x",
      " ",
      "\n",
    );
    const samples = fc.sample(
      fc.oneof(fc.domain(), fc.string({ unit: piece, maxLength: 12 }), fc.string()),
      { numRuns: 4000, seed: 20 },
    );
    const storable = [...new Set([...samples, "a".repeat(63), "a".repeat(64), "ab--c"])].filter(
      (text) => !/[\0\p{Surrogate}]/u.test(text),
    );

    async function accepted(table: string, column: string): Promise<ReadonlySet<string>> {
      const { rows: checks } = await fixture.admin.query<{ expression: string }>(
        `select string_agg(pg_get_expr(conbin, conrelid), ' and ') as expression from pg_constraint
         where conrelid = $1::regclass and contype = 'c' and conkey = array[(
           select attnum from pg_attribute where attrelid = conrelid and attname = $2)]`,
        [table, column],
      );
      const { rows } = await fixture.admin.query<Record<string, string>>(
        `select ${column} from unnest($1::text[]) t (${column}) where ${checks[0]!.expression}`,
        [storable],
      );
      return new Set(rows.map((row) => row[column]!));
    }

    it("accept exactly the slugs that isSlug accepts", async () => {
      const slugs = await accepted("tenantry.tenant", "slug");
      expect([...slugs].sort()).toEqual(storable.filter(isSlug).sort());
      expect(slugs.size).toBeGreaterThan(50);
    });

    it("accept the host names that isHostName accepts, and beyond them only A-labels", async () => {
      const hosts = await accepted("tenantry.domain", "host");
      const ours = storable.filter(isHostName);
      expect(ours.filter((host) => !hosts.has(host))).toEqual([]);
      const more = [...hosts].filter((host) => !isHostName(host));
      expect(more.filter((host) => !/(^|\.)xn--/.test(host))).toEqual([]);
      expect(ours.length).toBeGreaterThan(50);
    });
  });
});

function withLaterExpiry(seal: string): string {
  return seal.replace(/^(t1\.[0-9a-f]{8}\.)[0-9]{10}/, "$19999999999");
}
