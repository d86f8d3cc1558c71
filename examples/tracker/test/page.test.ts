import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { asAdmin } from "../../../test/support/databases.js";
import { embeddedServer } from "../../../test/support/servers.js";
import { runTracker, type RunningTracker } from "./running-tracker.js";

let running: RunningTracker;
const page = (path = "/", host = "acme.localhost") => running.ask(host, path);
const overview = (query = "") => running.askAs("owner", "acme.localhost", `/api/overview${query}`);

describe("the page of a tenant, in the demo", () => {
  beforeAll(async () => {
    running = await runTracker(embeddedServer(), { injectableSearch: true });
  });
  afterAll(() => running.close());

  it("has no data in it: who has no token gets none", async () => {
    const { status, headers, body } = await page();
    expect(status).toBe(200);
    expect(headers["content-type"]).toBe("text/html; charset=utf-8");
    expect(headers["cache-control"]).toBe("private, no-store");
    const [data = ""] = body.split("Try to break in");
    expect(data).toContain('href="/auth/login"');
    expect(data).not.toMatch(/Internal to|Globex|Swiss franc/);
    expect((await page("/api/overview")).status).toBe(401);
  });

  it("is filled in with the tenant's own projects, documents and invoices", async () => {
    const { status, body } = await overview();
    expect(status).toBe(200);
    expect(body.match(/Internal to Acme/g)?.length).toBe(16);
    expect(body).not.toContain("Globex");
    expect(body).toContain("Swiss franc");
  });

  it("sends no form before its script does: a browser would put the password into the address", async () => {
    const paths = ["/sign-in", "/sign-up", "/verify-email", "/reset-password"];
    const pages = await Promise.all([
      page(),
      page("/members"),
      ...paths.map((path) => page(path, "auth.localhost")),
    ]);
    for (const { status, body } of pages) {
      expect(status).toBe(200);
      const buttons = body.match(/<button type="submit"[^<]*/g)!;
      expect(buttons.length).toBeGreaterThan(0);
      expect(
        buttons.filter((each) => !each.includes("disabled") && !each.endsWith("Find")),
      ).toEqual([]);
    }
  });

  it("pages and searches by its address", async () => {
    expect((await overview("?cursor=100")).body).toContain('"id":101');
    expect((await overview("?search=salary")).body).toContain("Salary bands");
    expect((await overview("?search=%25")).body).toContain('"documents":[],');
    expect((await page("/?search=salary")).body).toContain('value="salary"');
  });

  it("refuses parameters that are none", async () => {
    expect((await page("/?cursor=x")).status).toBe(400);
    expect((await page("/?search=a&search=b")).status).toBe(400);
  });

  it("runs what bears its nonce and nothing else, and a new nonce each time", async () => {
    const nonceOf = ({ headers }: Awaited<ReturnType<typeof page>>) =>
      /script-src 'nonce-([^']+)'/.exec(headers["content-security-policy"]!)![1]!;
    const [one, other] = [await page(), await page()];
    expect(nonceOf(one)).not.toBe(nonceOf(other));
    const policy = one.headers["content-security-policy"]!;
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toContain("unsafe");
    for (const [element] of one.body.matchAll(/<(?:script|style|link rel="stylesheet")[^>]*>/g)) {
      expect(element).toContain(`nonce="${nonceOf(one)}"`);
    }
    expect(one.body).not.toMatch(
      / on[a-z]+=| style=|https?:\/\/(?!acme\.localhost|auth\.localhost|evil\.localhost|127\.0\.0\.1)/,
    );
  });

  it("escapes what people type", async () => {
    const { body } = await page(`/?search=${encodeURIComponent(`"><script>`)}`);
    expect(body).toContain('value="&quot;&gt;&lt;script&gt;"');
  });

  it("takes its style sheet from beside it", async () => {
    const { status, headers } = await page("/assets/page.css");
    expect([status, headers["content-type"]]).toEqual([200, "text/css; charset=utf-8"]);
    for (const path of ["/assets/../package.json", "/assets/%2e%2e/package.json", "/assets/"]) {
      expect((await page(path)).status).toBe(404);
    }
  });
});

describe("without TRACKER_INJECTABLE_SEARCH", () => {
  beforeAll(async () => {
    running = await runTracker(embeddedServer(), { injectableSearch: false });
  });
  afterAll(() => running.close());

  it("the page has no attacks, no token and no seal", async () => {
    const { status, body } = await page();
    expect(status).toBe(200);
    expect(body).not.toMatch(/break in|data-attack|Bearer|t1\.[0-9a-f]{8}|eyJ/);
    expect(body.match(/<script/g)).toHaveLength(1);
  });

  it("nothing is left of the table behind the usual policy", async () => {
    const { rows } = await asAdmin(running.database.adminUrl, (admin) =>
      admin.query(
        `select to_regclass('usual_way.documents') as "table",
          (select count(*)::int from tenantry.manifest where relation::text ~ '^[0-9]+$') as dangling`,
      ),
    );
    expect(rows).toEqual([{ table: null, dangling: 0 }]);
  });
});
