import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { asAdmin } from "../../../test/support/databases.js";
import { embeddedServer } from "../../../test/support/servers.js";
import { runTracker, type RunningTracker } from "./running-tracker.js";

let running: RunningTracker;
const page = (path = "/", host = "acme.localhost") => running.ask(host, path);

describe("the page of a tenant, in the demo", () => {
  beforeAll(async () => {
    running = await runTracker(embeddedServer(), { injectableSearch: true });
  });
  afterAll(() => running.close());

  it("shows the tenant's own projects, documents and invoices", async () => {
    const { status, headers, body } = await page();
    expect(status).toBe(200);
    expect(headers["content-type"]).toBe("text/html; charset=utf-8");
    expect(headers["cache-control"]).toBe("private, no-store");
    const [data = ""] = body.split("Try to break in");
    expect(data.match(/Internal to Acme/g)?.length).toBe(16);
    expect(data).not.toContain("Globex");
    expect(data).toContain("Swiss franc");
  });

  it("pages and searches without a script", async () => {
    expect((await page("/?cursor=100")).body).toContain('<td class="number">101</td>');
    expect((await page("/?search=salary")).body).toContain("Salary bands");
    expect((await page("/?search=%25")).body).toContain("No document has this");
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
    expect(one.body).not.toMatch(/ on[a-z]+=| style=|https?:\/\/(?!acme\.localhost|127\.0\.0\.1)/);
  });

  it("escapes what people type", async () => {
    const hostile = `<img src=x onerror=alert(1)>"'&`;
    const init = {
      method: "PATCH",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ name: hostile }),
    };
    await running.ask("acme.localhost", "/api/projects/2", init);
    const { body } = await page(`/?search=${encodeURIComponent(`"><script>`)}`);
    expect(body).not.toContain("<img");
    expect(body).toContain("&lt;img src=x onerror=alert(1)&gt;&quot;&#39;&amp;");
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
    expect(body).not.toMatch(/break in|data-attack|Bearer|t1\.[0-9a-f]{8}|<script/);
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
