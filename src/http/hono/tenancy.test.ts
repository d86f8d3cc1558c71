import { getRequestListener, type HttpBindings } from "@hono/node-server";
import { RESPONSE_ALREADY_SENT } from "@hono/node-server/utils/response";
import { Hono } from "hono";
import { HTTPException } from "hono/http-exception";
import { stream } from "hono/streaming";
import { describe, expect, it, vi } from "vitest";
import { ask } from "../../../test/conformance/http/client.js";
import { here, listen, tenancy, type TestTenancy } from "../tenancy.test-support.js";
import { honoErrors, honoServerErrors } from "./errors.js";
import { honoTenancy } from "./tenancy.js";

type App = Hono<{ Bindings: HttpBindings }>;

function application(tenantry: TestTenancy = tenancy()): App {
  const app: App = new Hono();
  app.use(honoTenancy(tenantry)).onError(honoErrors(tenantry));
  app.get("/x", (c) => c.text(here()));
  return app;
}

const url = (slug: string, path = "/x") => `http://${slug}.example.com${path}`;

async function served<T>(app: App, work: (port: number) => Promise<T>): Promise<T> {
  const listener = getRequestListener(app.fetch);
  const { port, close } = await listen((incoming, outgoing) => void listener(incoming, outgoing));
  try {
    return await work(port);
  } finally {
    await close();
  }
}

describe("on a host other than node", () => {
  it("reads the Request, and completes the response", async () => {
    const response = await application().request(url("globex"));
    expect(await response.text()).toBe("globex");
    expect(response.headers.get("cache-control")).toBe("private, no-store");
    expect((await application().request(url("none"))).status).toBe(400);
  });

  it("trusts a proxy by the address that the host gives", async () => {
    const tenantry = tenancy(["10.0.0.0/8"]);
    const app = new Hono<{ Bindings: { peer: string } }>();
    app.use(honoTenancy(tenantry, { remoteAddress: (c) => (c.env as { peer: string }).peer }));
    app.get("/x", (c) => c.text(here()));
    const headers = { "x-forwarded-host": "globex.example.com" };
    const ask = (peer: string) => app.request(url("acme"), { headers }, { peer });
    expect(await (await ask("10.0.0.1")).text()).toBe("globex");
    expect(await (await ask("11.0.0.1")).text()).toBe("acme");
  });

  it("answers HEAD without a body, and keeps a stream in the scope", async () => {
    const app = application();
    app.get("/stream", (c) =>
      stream(c, async (out) => {
        for (let count = 0; count < 3; count += 1) {
          await out.sleep(2);
          await out.write(here());
        }
      }),
    );
    expect(await (await app.request(url("acme", "/stream"))).text()).toBe("acmeacmeacme");
    const head = await app.request(url("none"), { method: "HEAD" });
    expect([head.status, head.body]).toEqual([400, null]);
  });
});

describe("where it is mounted", () => {
  it("may be mounted twice, with node's messages or without", async () => {
    const tenantry = tenancy();
    const app = application(tenantry);
    app.use("/sub/*", honoTenancy(tenantry));
    app.get("/sub/x", (c) => c.text(here()));
    expect(await (await app.request(url("acme", "/sub/x"))).text()).toBe("acme");
    const reply = await served(app, (port) => ask(port, { path: "/sub/x" }));
    expect(reply.body).toBe("acme");
  });

  it("refuses a second tenancy in one request", async () => {
    const app = application();
    app.use("/sub/*", honoTenancy(tenancy()));
    app.get("/sub/x", (c) => c.text(here()));
    const response = await app.request(url("acme", "/sub/x"));
    expect(await response.text()).toContain("CONFIG_INVALID");
  });

  it("does not make a response of a handler that made none", async () => {
    const app = application();
    app.get("/nothing", (() => undefined) as never);
    expect((await app.request(url("acme", "/nothing"))).status).toBe(500);
  });
});

describe("an error", () => {
  it("is met in the scope, and answered without its message", async () => {
    const tenantry = tenancy();
    const app = application(tenantry);
    app.get("/fails", () => {
      throw new Error("hunter2");
    });
    const response = await app.request(url("acme", "/fails"));
    expect(response.status).toBe(500);
    expect(await response.text()).not.toContain("hunter2");
    expect(tenantry.told[0]!.detail["tenant"]).toBeTypeOf("string");
  });

  it("that Hono means as an answer is that answer below 500, and generic from there", async () => {
    const app = application();
    app.get("/:status", (c) => {
      throw new HTTPException(Number(c.req.param("status")) as 403, { message: "own words" });
    });
    const refused = await app.request(url("acme", "/403"));
    expect([refused.status, await refused.text()]).toEqual([403, "own words"]);
    const failed = await app.request(url("acme", "/502"));
    expect([failed.status, await failed.text()]).toEqual([
      500,
      '{"error":{"code":"INTERNAL","title":"Internal error"}}',
    ]);
  });

  it("of the server, other than a bad URL, is a generic 500", () => {
    const tenantry = tenancy();
    expect(honoServerErrors(tenantry)(new Error("x")).status).toBe(500);
    expect(honoServerErrors(tenantry)("RequestError").status).toBe(500);
    expect(tenantry.told.map(({ type }) => type)).toEqual(["request.failed", "request.failed"]);
  });
});

describe("with @hono/node-server", () => {
  it("completes the head of what a handler writes to node's response itself", async () => {
    const app = application();
    app.get("/raw", (c) => {
      c.env.outgoing.writeHead(200, { "x-tenant": here() }).end("raw");
      return RESPONSE_ALREADY_SENT;
    });
    const complaints = vi.spyOn(console, "error");
    const { headers, body } = await served(app, (port) => ask(port, { path: "/raw" }));
    expect(body).toBe("raw");
    expect(complaints).not.toHaveBeenCalled();
    complaints.mockRestore();
    expect(headers).toMatchObject({ "x-tenant": "acme", "cache-control": "private, no-store" });
  });

  it("is in the scope where the client's going away is noticed", async () => {
    const app = application();
    const seen: string[] = [];
    app.get("/slow", async (c) => {
      const gone = new Promise<void>((resolve) => {
        c.req.raw.signal.addEventListener("abort", () => {
          seen.push(here());
          resolve();
        });
      });
      c.env.incoming.socket.destroy();
      await gone;
      return c.text("");
    });
    await served(app, (port) => ask(port, { path: "/slow" }).catch(() => undefined));
    expect(seen).toEqual(["acme"]);
  });

  it("takes what is in env for node's only where it is", async () => {
    const env = { incoming: { rawHeaders: "no" }, outgoing: {} } as never;
    expect(await (await application().request(url("acme"), {}, env)).text()).toBe("acme");
  });
});
