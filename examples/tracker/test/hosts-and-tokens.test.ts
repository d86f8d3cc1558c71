import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { embeddedServer } from "../../../test/support/servers.js";
import { demoTenants, markOf } from "../src/seed/tenants.js";
import { runTracker, withoutDate, type RunningTracker } from "./running-tracker.js";

const [acme, globex] = demoTenants as [(typeof demoTenants)[0], (typeof demoTenants)[0]];

let running: RunningTracker;
beforeAll(async () => {
  running = await runTracker(embeddedServer(), { injectableSearch: false });
});
afterAll(() => running.close());

describe("the host", () => {
  const target = "GET /api/projects HTTP/1.1";
  const requests: readonly (readonly [string, readonly string[]])[] = [
    ["an unknown tenant", [target, "Host: nobody.localhost"]],
    ["no Host at all", [target]],
    ["an empty Host", [target, "Host:"]],
    ["the base domain", [target, "Host: localhost"]],
    ["an unknown domain", [target, "Host: example.com"]],
    ["an empty label", [target, "Host: acme..localhost"]],
    ["two labels", [target, "Host: x.acme.localhost"]],
    ["a reserved name", [target, "Host: admin.localhost"]],
    ["userinfo", [target, "Host: acme@globex.localhost"]],
    ["a comma", [target, "Host: acme.localhost, globex.localhost"]],
    ["two Host lines", [target, "Host: acme.localhost", "Host: globex.localhost"]],
    ["an address", [target, "Host: 127.0.0.1"]],
    ["a control character", [target, "Host: acme\tlocalhost"]],
    ["a forwarded host, from nobody who may", [target, "X-Forwarded-Host: acme.localhost"]],
    [
      "another host in the target",
      ["GET http://globex.localhost/api/projects HTTP/1.1", "Host: acme.localhost"],
    ],
  ];
  const raw = (lines: readonly string[]) =>
    running.sendRaw([...lines, "Connection: close", "", ""].join("\r\n"));

  it("gets one and the same 400, whatever is wrong with it", async () => {
    const [first, ...others] = await Promise.all(
      requests.map(async ([name, lines]) => ({ name, answer: withoutDate(await raw(lines)) })),
    );
    expect(first!.answer.status).toBe(400);
    expect(first!.answer.body).toBe('{"error":{"code":"TENANT_UNRESOLVED","title":"Bad request"}}');
    for (const { name, answer } of others) expect(answer, name).toEqual(first!.answer);
  });

  it("gets the same 400 for the page", async () => {
    const page = await running.ask("nobody.localhost", "/");
    const api = await running.ask("nobody.localhost", "/api/projects");
    expect(withoutDate(page)).toEqual(withoutDate(api));
  });

  it("is read without its port and in any case", async () => {
    const { body } = await running.ask("ACME.localhost.:8080", "/api/projects/1");
    expect(body).toContain(markOf(acme));
  });

  it("of a suspended tenant gets a 403 that names nobody", async () => {
    const { status, body } = await running.ask("initech.localhost", "/api/projects");
    expect([status, body]).toEqual([
      403,
      '{"error":{"code":"TENANT_INACTIVE","title":"Forbidden"}}',
    ]);
  });

  it("does not matter to the health check", async () => {
    for (const host of ["acme.localhost", "nobody.localhost", "127.0.0.1"]) {
      const { status, body } = await running.ask(host, "/healthz");
      expect([status, body]).toEqual([200, '{"status":"ok"}']);
    }
  });

  it("is the only thing that names the tenant: a header of the client's is not read", async () => {
    const headers = { "x-tenant-id": running.tracker.tenantIds.get("globex")! };
    const { body } = await running.ask("acme.localhost", "/api/projects/1", { headers });
    expect(body).toContain(markOf(acme));
  });
});

describe("an access token", () => {
  const withToken = async (host: string, token: string) =>
    running.ask(host, "/api/projects/1", { headers: { authorization: `Bearer ${token}` } });
  const tokenOf = (slug: string) =>
    running.tracker.tokens.issue(running.tracker.tenantIds.get(slug)!);

  it("is good at its own tenant's host", async () => {
    const { status, body } = await withToken("globex.localhost", await tokenOf("globex"));
    expect(status).toBe(200);
    expect(body).toContain(markOf(globex));
  });

  it("of globex gets 403 on acme's host, and is reported as a security event", async () => {
    const before = running.events.length;
    const { status, body } = await withToken("acme.localhost", await tokenOf("globex"));
    expect([status, body]).toEqual([
      403,
      '{"error":{"code":"TENANT_MISMATCH","title":"Forbidden"}}',
    ]);
    expect(running.events.slice(before)).toMatchObject([
      { type: "tenant.mismatch", severity: "security" },
    ]);
  });

  it("that is none gets 401", async () => {
    const token = await tokenOf("acme");
    for (const bad of ["x", `${token.slice(0, -4)}AAAA`, `${token}=`]) {
      expect((await withToken("acme.localhost", bad)).status).toBe(401);
    }
  });
});
