import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createKeyRing } from "../../src/core/seal/key-ring.js";
import { sealHeader } from "../../src/core/seal/service-seal.js";
import { audienceOf, scopeHeader } from "../../src/http/next/scope-header.js";
import { createTenantry, type Tenantry } from "../../src/tenantry.js";
import { fromHost } from "../../src/resolver/host/from-host.js";
import { createTestDatabase, asAdmin, type TestDatabase } from "../support/databases.js";
import { embeddedServer, suiteTitle } from "../support/servers.js";
import { until } from "../support/until.js";
import { browserPages, missingChromium } from "./browser.js";
import { startNextApp, type NextApp } from "./next-app.js";

const server = embeddedServer();
const others = { acme: "Globex", globex: "Acme" } as const;
type Slug = keyof typeof others;

describe(suiteTitle("a Next.js application, built and started", server), () => {
  let database: TestDatabase;
  let app: NextApp;
  let tenantry: Tenantry;
  beforeAll(async () => {
    database = await createTestDatabase(server);
    app = await startNextApp(database);
    tenantry = createTenantry({
      database: database.appUrl,
      operatorDatabase: database.operatorUrl,
      resolve: [fromHost({ baseDomain: "localhost" })],
      secret: database.secret,
      onEvent: () => undefined,
    });
  }, 180_000);
  afterAll(async () => {
    await app?.stop();
    await tenantry?.close();
    await database?.drop();
  });

  it.each(["/", "/api/notes", "/api/streamed"])(
    "serves each tenant its own at %s",
    async (path) => {
      for (const slug of ["acme", "globex"] as const) {
        const { status, body } = await app.get(slug, path);
        expect(status).toBe(200);
        expect(body).toContain("note 1");
        expect(body).not.toContain(others[slug]);
      }
    },
  );

  it("mixes none of 60 flows that run at once over kept connections", async () => {
    const paths = ["/", "/api/notes", "/api/streamed", "/api/counted"];
    const flows = Array.from({ length: 60 }, async (_, flow) => {
      const slug: Slug = flow % 2 === 0 ? "acme" : "globex";
      const foreign: string[] = [];
      for (let i = 0; i < 5; i++) {
        const { status, body } = await app.get(slug, paths[(flow + i) % paths.length]!);
        if (status !== 200 || body.includes(others[slug])) foreign.push(`${status} ${body}`);
      }
      return foreign;
    });
    expect((await Promise.all(flows)).flat()).toEqual([]);
  });

  it("answers what names no tenant, and a suspended tenant, as every host does", async () => {
    const unknown = await app.get("nobody", "/api/notes");
    expect([unknown.status, unknown.body]).toEqual([
      400,
      '{"error":{"code":"TENANT_UNRESOLVED","title":"Bad request"}}',
    ]);
    const { id } = await tenantry.tenants.create({ slug: "initech", name: "Initech" });
    expect((await app.get("initech", "/api/notes")).status).toBe(200);
    await tenantry.tenants.suspend(id);
    await until(async () => (await app.get("initech", "/api/notes")).status === 403, 2_000);
  });

  it("serves a central route without a tenant", async () => {
    expect((await app.get("nobody", "/healthz")).body).toBe('{"ok":true}');
  });

  it("lets nothing of a tenant's response be stored", async () => {
    const { headers } = await app.get("acme", "/api/notes");
    expect(headers["cache-control"]).toBe("private, no-store");
    expect((await app.get("acme", "/")).headers["cache-control"]).toContain("no-store");
  });

  it("believes no scope that a client sends, not even a genuine one", async () => {
    const globex = await tenantry.tenants.find({ by: "slug", value: "globex" });
    const genuine = await tenantry.enter(globex!, { reason: "test" }, () =>
      sealHeader(createKeyRing(database.secret), tenantry.scope(), {
        audience: audienceOf(`acme.localhost:${app.port}`),
      }),
    );
    for (const value of ["x", "", genuine]) {
      const { status, body } = await app.get("acme", "/api/notes", { [scopeHeader]: value });
      expect(status).toBe(200);
      expect(body).toContain("Acme's note 1");
    }
    expect((await app.get("nobody", "/healthz", { [scopeHeader]: genuine })).status).toBe(200);
  });

  it("never sends the sealed scope to the client", async () => {
    for (const path of ["/", "/api/notes"]) {
      const { headers, body } = await app.get("acme", path);
      expect(JSON.stringify(headers) + body).not.toMatch(/tenantry-next-scope|\bt1\.[0-9a-f]{8}\./);
    }
  });

  it.each(["/attacks/cached", "/attacks/use-cache"])(
    "refuses the tenant inside a cache that does not know it: %s",
    async (path) => {
      for (const slug of ["acme", "globex"]) {
        const { status, body } = await app.get(slug, path);
        expect(status).toBe(500);
        expect(body).not.toContain("note 1");
      }
      expect(app.log()).toContain("SCOPE_IN_CACHE");
    },
  );

  it("keeps what tenancy.cached computed, for its tenant alone", async () => {
    const [first, again] = [
      await app.get("acme", "/api/counted"),
      await app.get("acme", "/api/counted"),
    ];
    expect(again.body).toBe(first.body);
    expect((await app.get("globex", "/api/counted")).body).not.toBe(first.body);
  });

  it("hands no part of a scope to a client component", async () => {
    const { status, body } = await app.get("acme", "/attacks/client");
    expect(status).toBe(500);
    const { id } = (await tenantry.tenants.find({ by: "slug", value: "acme" }))!;
    expect(body).not.toContain(id);
    expect(app.log()).toContain("Only plain objects");
  });

  const chromium = missingChromium === undefined ? "" : ` [${missingChromium}]`;
  describe.skipIf(chromium !== "")(`in Chromium${chromium}`, () => {
    it("keeps two tenants apart that write at once, in actions and after()", async () => {
      const slugs = ["acme", "globex"] as const;
      await using pages = await browserPages(
        slugs.map((slug) => `http://${slug}.localhost:${app.port}/`),
      );
      await Promise.all(
        pages.all.map(async (page, index) => {
          for (let i = 1; i <= 5; i++) {
            await page.getByLabel("Note").fill(`written by ${slugs[index]} ${i}`);
            await page.getByRole("button", { name: "Add" }).click();
            await page.getByText(`written by ${slugs[index]} ${i}`).waitFor();
          }
        }),
      );
      const texts = await Promise.all(pages.all.map((page) => page.locator("main").innerText()));
      expect(texts[0]).not.toContain("by globex");
      expect(texts[1]).not.toContain("by acme");
      const wrong = `select count(*)::int as n, count(*) filter (where position('written by ' || t.slug in l.body) <> 1)::int as wrong
        from note_log l join tenantry.tenant t on t.id = l.tenant_id`;
      await asAdmin(database.adminUrl, async (admin) => {
        await until(async () => (await admin.query<{ n: number }>(wrong)).rows[0]!.n === 10);
        expect((await admin.query(wrong)).rows).toEqual([{ n: 10, wrong: 0 }]);
      });
    });
  });
});
