import type { Server } from "node:http";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createTenantry, fromHost, type Tenantry } from "tenantry";
import { newUuid } from "../../../src/core/uuid.js";
import { asAdmin, createTestDatabase, type TestDatabase } from "../../support/databases.js";
import type { TestServer } from "../../support/servers.js";
import { listen } from "../http.js";
import { createApplication, type Project } from "./application.js";
import { ask, rawRequest, sendRaw, withoutDate } from "./client.js";
import type { HttpHost } from "./host.js";

/** What every host must do with rows of a real database. */
export function rowCases(host: HttpHost, postgres: TestServer): void {
  let database: TestDatabase;
  let tenantry: Tenantry;
  let server: Server;
  let port: number;
  const ids = new Map<string, string>();

  beforeAll(async () => {
    database = await createTestDatabase(postgres);
    await asAdmin(database.ownerUrl, async (owner) => {
      await owner.query("set role tenantry_owner");
      await owner.query("create table projects (id uuid not null, name text not null)");
      await owner.query("alter table projects add column tenant_id uuid not null");
      await owner.query("select tenantry.protect('projects')");
    });
    tenantry = createTenantry({
      database: { url: database.appUrl, maxConnections: 4 },
      operatorDatabase: database.operatorUrl,
      secret: database.secret,
      resolve: [fromHost({ baseDomain: "example.com" })],
      onEvent: () => undefined,
    });
    for (const slug of ["acme", "globex"]) {
      const tenant = await tenantry.tenants.create({ slug, name: slug });
      const id = newUuid();
      ids.set(slug, id);
      await tenantry.enter(tenant, { reason: "test" }, () =>
        tenantry.db.query("insert into projects (id, name) values ($1, $2)", [id, `of ${slug}`]),
      );
    }
    ({ server, port } = await listen(host, createApplication(tenantry)));
  });
  afterAll(async () => {
    server?.close().closeAllConnections();
    await tenantry?.close();
    await database?.drop();
  });

  it("shows each tenant its own rows, many at once", async () => {
    const slugs = Array.from({ length: 40 }, (_, index) => (index % 2 === 0 ? "acme" : "globex"));
    const replies = await Promise.all(
      slugs.map((slug) => ask(port, { path: "/projects", host: `${slug}.example.com` })),
    );
    expect(replies.map(({ body }) => body)).toEqual(slugs.map((slug) => `["of ${slug}"]`));
    const own = await ask(port, { path: `/projects/${ids.get("acme")!}` });
    expect((JSON.parse(own.body) as Project).name).toBe("of acme");
  });

  it("answers another tenant's row as it answers an id that never was", async () => {
    const get = (id: string) =>
      sendRaw(port, rawRequest(`/projects/${id}`, ["Host: acme.example.com"]));
    const [foreign, random] = await Promise.all([get(ids.get("globex")!), get(newUuid())]);
    expect(foreign).toMatch(/^HTTP\/1\.1 404 /);
    expect(foreign).toContain('{"error":{"code":"NOT_FOUND","title":"Not found"}}');
    expect(withoutDate(foreign)).toBe(withoutDate(random));
  });

  it("shows nothing of an error of the database", async () => {
    const answer = await sendRaw(
      port,
      rawRequest("/projects/not-a-uuid", ["Host: acme.example.com"]),
    );
    expect(answer).toMatch(/^HTTP\/1\.1 500 /);
    expect(answer).not.toMatch(/uuid|select|projects|22P02/i);
  });
}
