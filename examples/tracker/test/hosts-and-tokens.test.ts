import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { embeddedServer } from "../../../test/support/servers.js";
import { ownerOf } from "../src/seed/accounts.js";
import { demoTenants, markOf } from "../src/seed/tenants.js";
import { runTracker, withoutDate, type RunningTracker } from "./running-tracker.js";

const [acme, globex] = demoTenants as [(typeof demoTenants)[0], (typeof demoTenants)[0]];

let running: RunningTracker;
beforeAll(async () => {
  running = await runTracker(embeddedServer(), { injectableSearch: false });
});
afterAll(() => running.close());

describe("the host", () => {
  const target = "GET / HTTP/1.1";
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
      ["GET http://globex.localhost/ HTTP/1.1", "Host: acme.localhost"],
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

  it("does not matter to the API where there is no token: one and the same 401", async () => {
    const answers = await Promise.all(
      ["acme", "initech", "nobody", "auth", "acme..x"].map((name) =>
        running.ask(`${name}.localhost`, "/api/projects"),
      ),
    );
    for (const answer of answers) {
      expect(answer.status).toBe(401);
      expect(withoutDate(answer)).toEqual(withoutDate(answers[0]!));
    }
  });

  it("of the auth host is no tenant's, and no tenant's host has the auth host's pages", async () => {
    const { port } = running.tracker;
    expect((await running.ask(`auth.localhost:${port}`, "/sign-in")).body).toContain("Password");
    for (const path of ["/members", "/nothing"]) {
      expect((await running.ask(`auth.localhost:${port}`, path)).status).toBe(400);
    }
    for (const path of ["/sign-in", "/outbox", "/invitation"]) {
      expect((await running.ask("acme.localhost", path)).status).toBe(404);
    }
  });

  it("is read without its port and in any case", async () => {
    const { body } = await running.askAs("owner", "ACME.localhost.:8080", "/api/projects/1");
    expect(body).toContain(markOf(acme));
  });

  it("of a suspended tenant gets a 403 that names nobody", async () => {
    const { status, body } = await running.ask("initech.localhost", "/");
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
    const { body } = await running.askAs("owner", "acme.localhost", "/api/projects/1", {
      headers,
    });
    expect(body).toContain(markOf(acme));
  });
});

describe("an access token", () => {
  const withToken = async (host: string, token: string) =>
    running.ask(host, "/api/projects/1", { headers: { authorization: `Bearer ${token}` } });
  const tokenOf = async (slug: string) => (await running.tracker.tokens.of(ownerOf(slug)!, slug))!;

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

describe("a refresh token", () => {
  const caller = { address: null, userAgent: "tests" };
  async function cookieOf(slug: string): Promise<string> {
    const { identity, tenantry } = running.tracker;
    const account = (await identity.accounts.findByEmail(ownerOf(slug)!.email))!;
    const started = await identity.sessions.start(
      { accountId: account.id, methods: ["test"] },
      caller,
    );
    const tenant = (await tenantry.tenants.find({ by: "slug", value: slug }))!;
    const device = { ...caller, client: null };
    const { refreshToken } = await identity.exchange.enter(started!.token, tenant, device);
    return `__Host-tenantry-grant=${refreshToken}`;
  }
  const refresh = (slug: string, cookie: string, headers: Readonly<Record<string, string>>) =>
    running.ask(`${slug}.localhost`, "/auth/token", {
      method: "POST",
      headers: { ...headers, cookie, "content-type": "application/x-www-form-urlencoded" },
      body: "grant_type=refresh_token",
    });
  const originOf = (name: string) => `http://${name}.localhost:${running.tracker.port}`;

  it("in the cookie is of use to the tenant's own page, and to no other, which is reported", async () => {
    const cookie = await cookieOf("acme");
    const foreign = [
      { origin: originOf("globex") },
      { origin: originOf("auth") },
      { origin: "null" },
      { origin: originOf("acme"), "sec-fetch-site": "same-site" },
      {},
    ];
    for (const headers of foreign) {
      const before = running.events.length;
      const answer = await refresh("acme", cookie, headers);
      expect(answer.status, JSON.stringify(headers)).toBe(403);
      expect(answer.headers["set-cookie"]).toBeUndefined();
      expect(running.events.slice(before)).toMatchObject([
        { type: "origin.refused", severity: "security" },
      ]);
    }
    const own = await refresh("acme", cookie, { origin: originOf("acme") });
    expect(own.status).toBe(200);
    expect(own.body).not.toContain("refresh_token");
  });

  it("of acme is none at globex's host", async () => {
    const cookie = await cookieOf("acme");
    const { status, body } = await refresh("globex", cookie, { origin: originOf("globex") });
    expect([status, body]).toEqual([400, '{"error":"invalid_grant"}']);
  });
});

describe("the outbox", () => {
  it("is not there outside of the demo", async () => {
    const host = `auth.localhost:${running.tracker.port}`;
    expect((await running.ask(host, "/outbox")).status).toBe(400);
    expect((await running.ask(host, "/sign-in")).body).not.toContain("outbox");
  });
});
