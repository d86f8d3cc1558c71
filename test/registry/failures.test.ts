import pg from "pg";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createKeyRing } from "../../src/core/seal/key-ring.js";
import type { TenantRegistry } from "../../src/registry/contract.js";
import {
  createPostgresRegistry,
  type PostgresRegistryOptions,
} from "../../src/registry/postgres/postgres-registry.js";
import { createEmptyDatabase } from "../support/databases.js";
import { describeOnServers } from "../support/servers.js";
import { openRegistryFixture, quietPool, type RegistryFixture } from "./registry-fixture.js";
import { openTcpProxy } from "./tcp-proxy.js";

describeOnServers("the registry in PostgreSQL, when something is wrong", (server) => {
  let fixture: RegistryFixture;
  beforeAll(async () => {
    fixture = await openRegistryFixture(server);
    await fixture.registry.create({ slug: "acme", name: "Acme" });
  });
  afterAll(() => fixture?.close());

  const registryWith = (options: Partial<PostgresRegistryOptions>): TenantRegistry =>
    createPostgresRegistry({
      app: fixture.app,
      operator: fixture.operator,
      keys: fixture.keys,
      ...options,
    });

  const findAcme = (registry: TenantRegistry) => registry.find({ by: "slug", value: "acme" });
  const unavailable = (fix: RegExp) => ({
    code: "REGISTRY_UNAVAILABLE",
    fix: expect.stringMatching(fix),
  });

  it("finds, but lists and changes nothing, without an operator connection", async () => {
    const registry = createPostgresRegistry({ app: fixture.app, keys: fixture.keys });
    const acme = (await findAcme(registry))!;
    expect(acme.slug).toBe("acme");
    const host = "shop.example.org";
    for (const work of [
      registry.list(),
      registry.create({ slug: "more", name: "More" }),
      registry.suspend(acme.id),
      registry.reactivate(acme.id),
      registry.archive(acme.id),
      registry.domains(acme.id),
      registry.addDomain(acme.id, host),
      registry.verifyDomain(acme.id, host),
      registry.removeDomain(acme.id, host),
    ]) {
      await expect(work).rejects.toMatchObject({
        code: "OPERATOR_UNAVAILABLE",
        fix: expect.stringContaining("operator's database URL"),
      });
    }
  });

  it("cannot write with the app role's connection in the operator's place", async () => {
    const registry = registryWith({ operator: fixture.app });
    await expect(registry.list()).rejects.toMatchObject(unavailable(/tenantry_operator/));
    await expect(registry.create({ slug: "more", name: "More" })).rejects.toMatchObject(
      unavailable(/tenantry_operator/),
    );
  });

  it("is unavailable with another secret than the database has", async () => {
    const registry = registryWith({ keys: createKeyRing("y".repeat(64)) });
    await expect(findAcme(registry)).rejects.toMatchObject(unavailable(/TENANTRY_SECRET/));
  });

  it("is unavailable with a clock that is behind by more than a seal's lifetime", async () => {
    const registry = registryWith({ now: () => Date.now() - 61_000 });
    await expect(findAcme(registry)).rejects.toMatchObject(unavailable(/clocks/));
  });

  it("is unavailable in a database that was not migrated", async () => {
    const empty = await createEmptyDatabase(server);
    const app = quietPool(empty.appUrl);
    await expect(findAcme(registryWith({ app }))).rejects.toMatchObject(unavailable(/migrate/));
    await app.end();
    await empty.drop();
  });

  it("is unavailable where no server is, and where the connection breaks", async () => {
    const between = await openTcpProxy(fixture.database.appUrl);
    const app = quietPool(between.url, 1_000);
    const registry = registryWith({ app, operator: app });
    expect((await findAcme(registry))?.slug).toBe("acme");
    for (const disturb of [between.cut, between.blackhole]) {
      disturb();
      await expect(findAcme(registry)).rejects.toMatchObject(unavailable(/./));
      await expect(registry.list()).rejects.toMatchObject(unavailable(/./));
    }
    await app.end();
    await between.close();
  });

  it("is unavailable to a session that the server ends", async () => {
    const client = new pg.Client({ connectionString: fixture.database.appUrl });
    client.on("error", () => undefined);
    await client.connect();
    const registry = registryWith({ app: client });
    const { rows } = await client.query<{ pid: number }>("select pg_backend_pid() as pid");
    const sleeping = client.query("select pg_sleep(10)").catch(() => undefined);
    const refused = expect(findAcme(registry)).rejects.toMatchObject(unavailable(/./));
    await fixture.admin.query("select pg_terminate_backend($1)", [rows[0]!.pid]);
    await refused;
    await sleeping;
  });

  it("says of settings that grow too large once they are written out that they are invalid", async () => {
    const settings = { tiny: Array.from({ length: 200 }, () => 5e-324) };
    const created = registryWith({}).create({ slug: "tiny", name: "Tiny", settings });
    await expect(created).rejects.toMatchObject({ code: "TENANT_INVALID" });
  });

  it("puts no seal into what it throws", async () => {
    const registry = registryWith({ now: () => Date.now() - 61_000 });
    const error: unknown = await findAcme(registry).catch((thrown: unknown) => thrown);
    const { cause } = error as Error;
    const everything = JSON.stringify([error, cause, String(error), String(cause)]);
    expect(everything).toContain("TN003");
    expect(everything).not.toMatch(/t1\.[0-9a-f]{8}\./);
  });

  it("shows no seal to other sessions", async () => {
    const app = new pg.Client({ connectionString: fixture.database.appUrl });
    await app.connect();
    await findAcme(registryWith({ app }));
    const { rows } = await fixture.admin.query<{ query: string }>(
      "select query from pg_stat_activity where query like '%find_tenant%' and pid <> pg_backend_pid()",
    );
    await app.end();
    expect(rows.length).toBeGreaterThan(0);
    for (const { query } of rows) expect(query).not.toMatch(/t1\./);
  });
});
