import type { Tenant } from "tenantry";
import type { Caller } from "tenantry/identity";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { embeddedServer } from "../../../test/support/servers.js";
import { demoAccounts, type DemoAccount } from "../src/seed/accounts.js";
import { runTracker, type RunningTracker } from "./running-tracker.js";

const [alice, , mallory] = demoAccounts as [DemoAccount, DemoAccount, DemoAccount];
const caller: Caller = { address: null, userAgent: null };
const fields = {
  headers: { "content-type": "application/json" },
  body: JSON.stringify({ name: "By a role" }),
};

let running: RunningTracker;
beforeAll(async () => {
  running = await runTracker(embeddedServer(), { injectableSearch: false });
});
afterAll(() => running.close());

const accountId = async ({ email }: DemoAccount): Promise<string> =>
  (await running.tracker.identity.accounts.findByEmail(email))!.id;
const tenant = async (slug: string): Promise<Tenant> =>
  (await running.tracker.tenantry.tenants.find({ by: "slug", value: slug }))!;

describe("a role in a tenant", () => {
  it.each([
    ["member", mallory, "acme", { POST: 201, PATCH: 200, DELETE: 403 }],
    ["viewer", alice, "globex", { POST: 403, PATCH: 403, DELETE: 403 }],
    ["owner", alice, "acme", { POST: 201, PATCH: 200, DELETE: 204 }],
  ] as const)("lets a %s do what is its own, and no more", async (_role, who, slug, expected) => {
    const host = `${slug}.localhost`;
    for (const path of ["projects", "projects/1", "documents", "invoices/summary", "overview"]) {
      expect((await running.askAs(who, host, `/api/${path}`)).status, path).toBe(200);
    }
    const { status } = await running.askAs(who, host, "/api/projects", {
      ...{ method: "POST", ...fields },
    });
    const patch = await running.askAs(who, host, "/api/projects/3", { method: "PATCH", ...fields });
    const remove = await running.askAs(who, host, "/api/projects/4", { method: "DELETE" });
    expect({ POST: status, PATCH: patch.status, DELETE: remove.status }).toEqual(expected);
    if (remove.status === 403) {
      expect(remove.body).toBe('{"error":{"code":"PERMISSION_DENIED","title":"Forbidden"}}');
    }
  });

  it("is asked for before the fields of a request are looked at", async () => {
    const { status } = await running.askAs(alice, "globex.localhost", "/api/projects", {
      ...{ method: "POST", headers: fields.headers, body: '{"tenant_id":"x"}' },
    });
    expect(status).toBe(403);
  });

  it.each([
    "/api/projects/1",
    "/API/projects/1",
    "/Api/Projects/1/",
    "//api/projects/1",
    "/api//projects/1",
    "/./api/projects/1",
    "/assets/../api/projects/1",
    "/api%2fprojects/1",
    "/%61pi/projects/1",
    "http://acme.localhost/api/projects/1",
  ])("is nobody's who has no token, however the path is spelled: %s", async (path) => {
    const lines = [`GET ${path} HTTP/1.1`, "Host: acme.localhost", "Connection: close", "", ""];
    const { status, body } = await running.sendRaw(lines.join("\r\n"));
    expect([400, 401, 404]).toContain(status);
    expect(body).not.toContain("Internal to");
  });

  it("may be the tenant's own, and counts from the moment that someone gets it", async () => {
    const { identity } = running.tracker;
    const acme = await tenant("acme");
    const by = { accountId: await accountId(alice), caller };
    const auditor = { name: "auditor", permissions: ["invoices:read"] };
    await identity.tenantRoles.save(acme, auditor, by);
    await identity.members.changeRole(acme, await accountId(mallory), "auditor", by);
    const statusOf = async (path: string) =>
      (await running.askAs(mallory, "acme.localhost", path)).status;
    // The token that the tests have may be taken for good until the change has got about.
    await expect.poll(() => statusOf("/api/projects"), { timeout: 15_000 }).toBe(403);
    expect(await statusOf("/api/documents")).toBe(403);
    expect(await statusOf("/api/overview")).toBe(403);
    expect(await statusOf("/api/invoices/summary")).toBe(200);
  });

  it("is that of a key too, which is nobody", async () => {
    const { identity } = running.tracker;
    const by = { accountId: await accountId(alice), caller };
    const wanted = { name: "nightly report", permissions: ["projects:read"] };
    const { text } = await identity.apiKeys.create(await tenant("acme"), wanted, by);
    const headers = { authorization: `Bearer ${text}` };
    const statusOf = async (path: string, method = "GET") =>
      (await running.ask("acme.localhost", path, { method, headers })).status;
    expect(await statusOf("/api/projects")).toBe(200);
    expect(await statusOf("/api/documents")).toBe(403);
    expect(await statusOf("/api/projects/1", "DELETE")).toBe(403);
    expect(await statusOf("/api/me")).toBe(404);
    expect((await running.ask("globex.localhost", "/api/projects", { headers })).status).toBe(403);
  });
});
