import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { Readable } from "node:stream";
import websocket from "@fastify/websocket";
import createFastify, { type FastifyInstance } from "fastify";
import type * as Fastify from "../../src/http/fastify/index.js";
import type * as Index from "../../src/index.js";
import type { Tenantry, TenantryOptions } from "../../src/index.js";
import { ask, open } from "../conformance/http/client.js";
import { acceptWebSocket, openWebSocket } from "../conformance/http/web-socket.js";

/** The public parts of a copy of the sources. */
export interface EdgeCopy {
  readonly index: typeof Index;
  readonly fastify: typeof Fastify;
}

/** Says whether all is as it must be; what it throws, or anything but true, is a finding. */
export type Probe = (copy: EdgeCopy) => Promise<unknown>;

export const pause = (milliseconds: number) =>
  new Promise<void>((resolve) => setTimeout(resolve, milliseconds));

export async function openTenantry({ index }: EdgeCopy, options: Partial<TenantryOptions> = {}) {
  const registry = index.createMemoryRegistry();
  for (const slug of ["acme", "globex"]) await registry.create({ slug, name: slug });
  const events: string[] = [];
  const tenantry = index.createTenantry({
    database: "postgres://nobody@127.0.0.1:1/nowhere",
    secret: "a secret of at least thirty-two bytes, for tests",
    resolve: [index.fromHost({ baseDomain: "example.com" })],
    registry,
    onEvent: ({ message }) => events.push(message),
    ...options,
  });
  return { tenantry, events };
}

interface Ready {
  readonly app: FastifyInstance;
  readonly tenantry: Tenantry;
  readonly events: readonly string[];
  here(): string;
  /** Calls in acme's scope, later. */
  foreignly(work: () => void): void;
  as(slug: string, url: string): Promise<{ statusCode: number; body: string; headers: object }>;
  listen(): Promise<number>;
}

async function withApp(copy: EdgeCopy, work: (ready: Ready) => Promise<unknown>): Promise<unknown> {
  const { tenantry, events } = await openTenantry(copy);
  const app = createFastify({ forceCloseConnections: true });
  void app.register(copy.fastify.fastifyTenancy(tenantry));
  app.setErrorHandler(copy.fastify.fastifyErrors(tenantry));
  const here = () => {
    try {
      return tenantry.scope().tenant.slug;
    } catch {
      return "none";
    }
  };
  try {
    return await work({
      app,
      tenantry,
      events,
      here,
      foreignly(call) {
        setImmediate(() => {
          // Out of the request, as a driver's callback is.
          void tenantry.enter("acme", { reason: "test", nested: true }, () => setTimeout(call, 1));
        });
      },
      as: (slug, url) => app.inject({ url, headers: { host: `${slug}.example.com` } }),
      async listen() {
        await app.listen({ port: 0, host: "127.0.0.1" });
        return (app.server.address() as AddressInfo).port;
      },
    });
  } finally {
    await app.close();
  }
}

/** One request to a service, answered by redirects as `answers` says by URL. */
async function called(
  copy: EdgeCopy,
  answers: Readonly<Record<string, string>>,
  url: string,
  {
    slug = "acme",
    status = 302,
    ...init
  }: RequestInit & { slug?: string | null; status?: number } = {},
) {
  const sent: { url: string; headers: Headers; audience: string | null }[] = [];
  const { tenantry } = await openTenantry(copy, {
    services: [
      { origin: "https://reports.internal", audience: "reports" },
      { origin: "https://billing.internal", audience: "billing" },
    ],
    fetch: async (to, { headers, redirect }) => {
      const given = new Headers(headers);
      sent.push({ url: to, headers: given, audience: audienceOf(given.get("tenantry-scope")) });
      const location = answers[to];
      if (location === undefined) return new Response("ok");
      if (redirect !== "follow") return new Response(null, { status, headers: { location } });
      sent.push({
        url: location,
        headers: given,
        audience: audienceOf(given.get("tenantry-scope")),
      });
      return new Response("ok");
    },
  });
  const fetches = () => tenantry.fetch(url, init);
  const outcome = await (
    slug === null ? fetches() : tenantry.enter(slug, { reason: "test" }, fetches)
  ).then(
    () => "ok",
    (error: unknown) => (error as { code?: string }).code ?? String(error),
  );
  return { sent, outcome };
}

function audienceOf(seal: string | null): string | null {
  const claims = seal?.split(".")[4];
  if (claims === undefined) return seal;
  return (JSON.parse(Buffer.from(claims, "base64url").toString()) as { aud: string }).aud;
}

async function refusedUpgrade(port: number): Promise<boolean> {
  const { socket, received } = openWebSocket(port, "/socket", ["Host: none.example.com"]);
  const closed = await Promise.race([once(socket, "close").then(() => true), pause(2_500)]);
  socket.destroy();
  return closed === true && /^HTTP\/1\.1 400 /.test(received());
}

async function scopedMessage(port: number): Promise<boolean> {
  const client = openWebSocket(port, "/socket", ["Host: globex.example.com"]);
  for (let turn = 0; turn < 50 && !client.received().includes("\r\n\r\n"); turn += 1)
    await pause(10);
  client.send("where?");
  for (let turn = 0; turn < 30 && !/globex|none/.test(client.received()); turn += 1)
    await pause(10);
  client.socket.destroy();
  return client.received().includes("globex");
}

async function withUpgrades(copy: EdgeCopy, probe: (port: number) => Promise<boolean>) {
  const { tenantry } = await openTenantry(copy);
  const listener = copy.index.createUpgradeHandler(tenantry, (message, socket) =>
    acceptWebSocket(message, socket, (_text, send) => {
      let slug = "none";
      try {
        slug = tenantry.scope().tenant.slug;
      } catch {
        // None is what is sent.
      }
      send(slug);
    }),
  );
  const server: Server = createServer().on("upgrade", listener);
  await once(server.listen(0, "127.0.0.1"), "listening");
  try {
    return await probe((server.address() as AddressInfo).port);
  } finally {
    server.close();
  }
}

const withSockets = (copy: EdgeCopy, probe: (port: number) => Promise<boolean>) =>
  withApp(copy, async ({ app, here, listen }) => {
    void app.register(websocket);
    void app.register(async (routes) => {
      const handler = (socket: { on: Server["on"]; send(text: string): void }) =>
        void socket.on("message", () => socket.send(here()));
      routes.get("/socket", { websocket: true }, handler as never);
    });
    return probe(await listen());
  });

export const edgeProbes: Readonly<Record<string, Probe>> = {
  "what-comes-after-a-hook-is-in-the-scope": (copy) =>
    withApp(copy, async ({ app, here, as, foreignly }) => {
      const seen: string[] = [];
      const preHandler = (_request: unknown, _reply: unknown, done: () => void) => foreignly(done);
      app.get("/x", { preHandler }, (_request, reply) => {
        seen.push(here());
        return reply.send("ok");
      });
      app.get("/missing", (_request, reply) => {
        foreignly(() => void reply.callNotFound());
        return reply;
      });
      app.setNotFoundHandler((_request, reply) => void reply.send(here()));
      app.setValidatorCompiler(() => () => (seen.push(here()), true));
      app.get("/checked", { schema: { querystring: {} }, preValidation: preHandler }, () => here());
      const bodies = [(await as("globex", "/x")).body, (await as("globex", "/checked")).body];
      // A handler that nobody's done() leads to.
      bodies.push((await as("globex", "/missing")).body);
      return seen.concat(bodies).join() === "globex,globex,ok,globex,globex";
    }),
  "error-handlers-are-in-the-scope": (copy) =>
    withApp(copy, async ({ app, here, as }) => {
      void app.register(async (inner) => {
        inner.setErrorHandler((_error, _request, reply) => {
          reply.raw.setHeader("x-seen", here());
          return reply.send("failed");
        });
        inner.get("/x", (_request, reply) => {
          const source = new Readable({ read: () => undefined });
          void reply.send(source);
          setTimeout(() => queueDetached(() => source.destroy(new Error("x"))), 1);
          return reply;
        });
      });
      return ((await as("globex", "/x")).headers as Record<string, string>)["x-seen"] === "globex";
    }),
  "not-found-handlers-are-in-the-scope": (copy) =>
    withApp(copy, async ({ app, here, as, foreignly }) => {
      app.get("/x", (_request, reply) => {
        foreignly(() => void reply.callNotFound());
        return reply;
      });
      app.setNotFoundHandler((_request, reply) => void reply.send(here()));
      return (await as("globex", "/x")).body === "globex";
    }),
  "what-is-sent-is-in-the-scope": (copy) =>
    withApp(copy, async ({ app, here, as, foreignly }) => {
      app.setReplySerializer(() => here());
      app.get("/x", (_request, reply) => {
        foreignly(() => void reply.send({}));
        return reply;
      });
      return (await as("globex", "/x")).body === "globex";
    }),
  "a-body-comes-in-in-the-scope": (copy) =>
    withApp(copy, async ({ app, here, listen }) => {
      app.addContentTypeParser("*", (_request, _payload, done) => done(null));
      app.post("/x", (request, reply) => {
        request.raw.on("data", () => undefined).on("end", () => void reply.send(here()));
      });
      const body = ["some", "more", "at", "last"];
      const given = { method: "POST", path: "/x", host: "globex.example.com", body };
      return (await ask(await listen(), given)).body === "globex";
    }),
  "a-refused-request-reaches-nothing": (copy) =>
    withApp(copy, async ({ app, as }) => {
      app.get("/x", () => "reached");
      const { statusCode, body } = await as("none", "/x");
      return statusCode === 400 && !body.includes("reached");
    }),
  "a-response-is-private": (copy) =>
    withApp(copy, async ({ app, as }) => {
      app.get("/x", () => "ok");
      const { headers } = await as("acme", "/x");
      return (headers as Record<string, string>)["cache-control"] === "private, no-store";
    }),
  "no-message-is-shown": (copy) =>
    withApp(copy, async ({ app, as }) => {
      app.addHook("onSend", async () => {
        throw new Error("hunter2");
      });
      app.get("/x", () => "ok");
      return !(await as("acme", "/x")).body.includes("hunter2");
    }),
  "an-upstreams-status-is-not-ours": (copy) =>
    withApp(copy, async ({ app, as }) => {
      app.get("/x", () => {
        throw Object.assign(new Error("x"), { statusCode: 404, code: "UND_ERR" });
      });
      return (await as("acme", "/x")).statusCode === 500;
    }),
  "a-broken-stream-is-reported": (copy) =>
    withApp(copy, async ({ app, events, listen }) => {
      app.get("/x", (_request, reply) => {
        async function* broken() {
          yield Buffer.from("begun");
          await pause(5);
          throw new Error("late");
        }
        return reply.send(Readable.from(broken()));
      });
      const { socket } = open(await listen());
      socket.write("GET /x HTTP/1.1\r\nHost: acme.example.com\r\n\r\n");
      await once(socket, "close");
      return events.join() === "Error: late";
    }),
  "fastifys-sockets-are-in-the-scope": (copy) => withSockets(copy, scopedMessage),
  "fastifys-refused-upgrades-are-closed": (copy) => withSockets(copy, refusedUpgrade),
  "sockets-are-in-the-scope": (copy) => withUpgrades(copy, scopedMessage),
  "refused-upgrades-are-closed": (copy) => withUpgrades(copy, refusedUpgrade),
  "strangers-get-no-seal": async (copy) => {
    const headers = { "tenantry-scope": "forged" };
    for (const url of [
      "https://evil.example/",
      "https://reports.internal.evil.example/",
      "https://reports.internal:8443/",
      "http://reports.internal/",
      "https://reports.internal./",
      "blob:https://reports.internal/x",
    ]) {
      const { sent } = await called(copy, {}, url, { headers });
      if (sent.some((one) => one.headers.has("tenantry-scope"))) return url;
    }
    return true;
  },
  "a-seal-is-for-its-service": async (copy) => {
    const { sent } = await called(copy, {}, "https://billing.internal/");
    return sent.length === 1 && sent[0]!.audience === "billing";
  },
  "a-redirect-takes-no-seal-along": async (copy) => {
    const url = "https://reports.internal/";
    const headers = { authorization: "Bearer x" };
    const abroad = await called(copy, { [url]: "https://evil.example/" }, url, { headers });
    const across = await called(copy, { [url]: "https://billing.internal/" }, url, { headers });
    return (
      abroad.sent.map(({ audience }) => audience).join() === "reports," &&
      across.sent.map(({ audience }) => audience).join() === "reports,billing" &&
      !abroad.sent[1]!.headers.has("authorization") &&
      !across.sent[1]!.headers.has("authorization")
    );
  },
  "a-stranger-leads-to-no-service": async (copy) => {
    const url = "https://evil.example/";
    const { sent, outcome } = await called(copy, { [url]: "https://reports.internal/" }, url);
    return sent.length === 1 && outcome === "OUTBOUND_REFUSED";
  },
  "redirects-end": async (copy) => {
    const { sent, outcome } = await called(
      copy,
      { "https://reports.internal/": "https://reports.internal/" },
      "https://reports.internal/",
    );
    return sent.length === 21 && outcome === "OUTBOUND_REFUSED";
  },
  "a-stream-is-sent-once": async (copy) => {
    const url = "https://reports.internal/";
    const body = new Blob(["x"]).stream();
    const given = { method: "POST", body, status: 307 };
    const { sent, outcome } = await called(
      copy,
      { [url]: "https://billing.internal/" },
      url,
      given,
    );
    return sent.length === 1 && outcome === "OUTBOUND_REFUSED";
  },
  "no-scope-sends-nothing": async (copy) => {
    const { sent, outcome } = await called(copy, {}, "https://reports.internal/", { slug: null });
    return sent.length === 0 && outcome === "SCOPE_REQUIRED";
  },
  "odd-origins-are-refused": async (copy) => {
    for (const origin of [
      "http://reports.internal",
      "https://reports.internal/",
      "https://A.internal",
    ]) {
      const services = [{ origin, audience: "reports" }];
      const code = await openTenantry(copy, { services }).then(
        () => "taken",
        (error: unknown) => (error as { code?: string }).code,
      );
      if (code !== "CONFIG_INVALID") return origin;
    }
    return true;
  },
  "users-in-urls-are-refused": async (copy) => {
    const { sent, outcome } = await called(copy, {}, "https://user@reports.internal/");
    return sent.length === 0 && outcome === "OUTBOUND_REFUSED";
  },
};

/** Runs a call from a place that was made before any request was. */
const queue: (() => void)[] = [];
setInterval(() => queue.splice(0).forEach((call) => call()), 5).unref();
const queueDetached = (call: () => void) => void queue.push(call);
