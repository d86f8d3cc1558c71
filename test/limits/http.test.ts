import { once } from "node:events";
import { createServer, get, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { getRequestListener } from "@hono/node-server";
import express from "express";
import { Hono } from "hono";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createFetchHandler } from "tenantry";
import { expressErrors, expressLimit, expressTenancy } from "tenantry/express";
import { honoErrors, honoLimit, honoTenancy } from "tenantry/hono";
import { createConcurrencyLimit, createRateLimit, type Limit } from "tenantry/limits";
import { openTenancy, type Tenancy } from "../conformance/http/tenancy.js";
import { until } from "../support/until.js";
import { tally } from "./support/scopes.js";

/** What a handler waits for, for each tenant. */
type Work = () => Promise<void>;
type Make = (tenancy: Tenancy, limit: Limit, work: Work) => Server;

const hosts: Readonly<Record<string, Make>> = {
  Express({ tenantry }, limit, work) {
    const app = express();
    app.use(expressTenancy(tenantry));
    app.use(expressLimit(limit));
    app.get("/healthz", (_request, response) => void response.send("well"));
    app.get("/", async (_request, response) => {
      await work();
      response.send(tenantry.scope().tenant.slug);
    });
    app.use(expressErrors(tenantry));
    return createServer(app);
  },
  Fetch({ tenantry }, limit, work) {
    const handler = createFetchHandler(tenantry, async (request) => {
      if (new URL(request.url).pathname === "/healthz") return new Response("well");
      const release = await limit.acquire();
      try {
        await work();
        return new Response(tenantry.scope().tenant.slug);
      } finally {
        release();
      }
    });
    const listener = getRequestListener((request) => handler(request));
    return createServer((incoming, outgoing) => void listener(incoming, outgoing));
  },
  Hono({ tenantry }, limit, work) {
    const app = new Hono();
    app.use(honoTenancy(tenantry));
    app.use(honoLimit(limit));
    app.get("/healthz", (c) => c.text("well"));
    app.get("/", async (c) => {
      await work();
      return c.text(tenantry.scope().tenant.slug);
    });
    app.onError(honoErrors(tenantry));
    const listener = getRequestListener(app.fetch);
    return createServer((incoming, outgoing) => void listener(incoming, outgoing));
  },
};

interface Answer {
  readonly status: number;
  readonly body: string;
  readonly retryAfter: string | undefined;
}

function ask(server: Server, slug: string, headers = {}, path = "/"): Promise<Answer> {
  const { port } = server.address() as AddressInfo;
  const host = `${slug}.example.com`;
  return new Promise((resolve, reject) => {
    const options = { port, path, agent: false, headers: { ...headers, host } };
    const request = get({ ...options, host: "127.0.0.1" }, (response: IncomingMessage) => {
      let body = "";
      response.setEncoding("utf8").on("data", (piece: string) => (body += piece));
      response.on("end", () =>
        resolve({
          status: response.statusCode!,
          body,
          retryAfter: response.headers["retry-after"],
        }),
      );
    });
    request.on("error", reject);
  });
}

describe.each(Object.keys(hosts))("limits served by %s", (name) => {
  let tenancy: Tenancy;
  const servers: Server[] = [];
  beforeAll(async () => {
    tenancy = await openTenancy();
  });
  afterAll(async () => {
    for (const server of servers) server.close().closeAllConnections();
    await tenancy.tenantry.close();
  });
  const serve = async (limit: Limit, work: Work = async () => undefined) => {
    const server = hosts[name]!(tenancy, limit, work);
    servers.push(server);
    await once(server.listen(0, "127.0.0.1"), "listening");
    return server;
  };

  it("answer 429 with Retry-After to the noisy tenant and refuse no other", async () => {
    const server = await serve(createRateLimit({ name: "x", points: 5, duration: 30 }));
    const noisy = Array.from({ length: 250 }, (_, i) =>
      // Nothing that a client sends makes it another.
      ask(server, "acme", { "x-tenant-id": `${i}`, "x-forwarded-for": `10.0.0.${i}` }),
    );
    const others = ["globex", "initech", "hooli"].flatMap((slug) =>
      Array.from({ length: 5 }, () => ask(server, slug)),
    );
    const answers = await Promise.all(noisy);
    expect(tally(answers.map(({ status }) => `${status}`))).toEqual({ 200: 5, 429: 245 });
    expect(tally((await Promise.all(others)).map(({ status }) => `${status}`))).toEqual({
      200: 15,
    });
    const refused = answers.find(({ status }) => status === 429)!;
    expect(JSON.parse(refused.body)).toEqual({
      error: { code: "RATE_LIMITED", title: "Too many requests" },
    });
    expect(Number(refused.retryAfter)).toBeGreaterThan(20);
    expect(Number(refused.retryAfter)).toBeLessThanOrEqual(30);
  });

  it("answer 503 with the limit's own Retry-After to a tenant whose places are taken", async () => {
    let end!: () => void;
    const ended = new Promise<void>((resolve) => (end = resolve));
    let begun = 0;
    const work = async () => {
      if (tenancy.tenantry.scope().tenant.slug !== "acme") return;
      begun += 1;
      await ended;
    };
    const limit = createConcurrencyLimit({ name: "x", max: 2, maxWait: 3_000 });
    const server = await serve(limit, work);
    const held = [ask(server, "acme"), ask(server, "acme")];
    await until(() => begun === 2);
    const before = tenancy.events.length;
    expect(await ask(server, "acme")).toEqual({
      status: 503,
      retryAfter: "3",
      body: '{"error":{"code":"TENANT_BUSY","title":"Service unavailable"}}',
    });
    expect(tenancy.events.slice(before)).toEqual([]);
    expect(await ask(server, "globex")).toMatchObject({ status: 200, body: "globex" });
    end();
    expect((await Promise.all(held)).map(({ status }) => status)).toEqual([200, 200]);
    await until(async () => (await ask(server, "acme")).status === 200);
  });

  it("let central routes pass, which have no tenant", async () => {
    const server = await serve(createRateLimit({ name: "x", points: 1, duration: 30 }));
    for (let i = 0; i < 3; i++) {
      expect(await ask(server, "acme", {}, "/healthz")).toMatchObject({
        status: 200,
        body: "well",
      });
    }
  });
});

describe("limits served by Express", () => {
  it("free the place of a client that is gone", async () => {
    const tenancy = await openTenancy();
    const limit = createConcurrencyLimit({ name: "x", max: 1 });
    let begun = 0;
    const forever: Work = () => (
      (begun += 1),
      begun === 1 ? new Promise(() => undefined) : Promise.resolve()
    );
    const server = hosts["Express"]!(tenancy, limit, forever);
    await once(server.listen(0, "127.0.0.1"), "listening");
    const { port } = server.address() as AddressInfo;
    const client = get({ host: "127.0.0.1", port, headers: { host: "acme.example.com" } });
    client.on("error", () => undefined);
    await until(() => begun === 1);
    expect((await ask(server, "acme")).status).toBe(503);
    client.destroy();
    await until(async () => (await ask(server, "acme")).status === 200);
    server.close().closeAllConnections();
    await tenancy.tenantry.close();
  });

  it("refuse where they are mounted outside of the tenancy", async () => {
    const tenancy = await openTenancy();
    const app = express();
    app.use(expressLimit(createRateLimit({ name: "x", points: 1, duration: 1 })));
    app.use(expressErrors(tenancy.tenantry));
    const server = createServer(app);
    await once(server.listen(0, "127.0.0.1"), "listening");
    expect(await ask(server, "acme")).toMatchObject({ status: 500 });
    server.close().closeAllConnections();
    await tenancy.tenantry.close();
  });
});
