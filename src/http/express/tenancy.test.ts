import express from "express";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ask, open } from "../../../test/conformance/http/client.js";
import { runInScope } from "../../core/context.js";
import { isTenantryError } from "../../core/tenantry-error.js";
import type { IncomingRequest } from "../../resolver/contract.js";
import { request } from "../../resolver/resolver.test-support.js";
import {
  here,
  listen,
  tenancy,
  type Listening,
  type TestTenancy,
} from "../tenancy.test-support.js";
import { expressErrors } from "./errors.js";
import type { ExpressMiddleware, ExpressRequest, ExpressResponse } from "./slices.js";
import { expressTenancy } from "./tenancy.js";

let tenantry: TestTenancy;
let app: express.Express;
let listening: Listening;

beforeEach(async () => {
  tenantry = tenancy();
  app = express();
  app.use(expressTenancy(tenantry));
  listening = await listen(app);
});
afterEach(() => listening.close());

const as = (slug: string, path: string) =>
  ask(listening.port, { path, host: `${slug}.example.com` }).then(({ body }) => body);

const reply: express.RequestHandler = (_request, response) => void response.send(here());

describe("a middleware that calls next() from another tenant's context", () => {
  /** Calls back later, always in acme's scope: as a driver does that was first used there. */
  const foreignly = (() => {
    const waiting: (() => void)[] = [];
    return async (work: () => void) => {
      waiting.push(work);
      const scope = await scopeOf("acme");
      const flush = () => waiting.splice(0).forEach((call) => call());
      runInScope(scope, () => setTimeout(flush, 2), { nested: true });
    };
  })();
  const scopeOf = async (slug: string) => {
    const resolution = await tenancy().resolver.resolve(request({ host: `${slug}.example.com` }));
    if (resolution.kind !== "tenant") throw new Error("no tenant");
    return resolution.scope;
  };
  const foreign: express.RequestHandler = (_request, _response, next) => {
    void foreignly(() => next());
  };

  it("is really there: without tenancy, what comes next runs in that context", async () => {
    const bare = express();
    bare.get("/", foreign, reply);
    const { port, close } = await listen(bare);
    expect((await ask(port, { path: "/", host: "globex.example.com" })).body).toBe("acme");
    await close();
  });

  it("leaves handlers, routers, applications and params in the request's own", async () => {
    const router = express.Router();
    const params: string[] = [];
    router.use(foreign).get("/x", reply);
    router.param("id", (_request, _response, next) => {
      params.push(here());
      void foreignly(() => next());
    });
    router.param("id", (_request, _response, next) => {
      params.push(here());
      next();
    });
    router.get("/of/:id", foreign, reply);
    const inner = express();
    inner.use(foreign).get("/x", reply);
    app.use("/router", router).use("/inner", inner).use(foreign).get("/x", foreign, reply);
    for (const path of ["/x", "/router/x", "/inner/x", "/router/of/7"]) {
      expect([path, await as("globex", path)]).toEqual([path, "globex"]);
    }
    expect(params).toEqual(["globex", "globex"]);
  });

  it("leaves a central route without a scope", async () => {
    app.get("/healthz", foreign, reply);
    expect(await as("acme", "/healthz")).toBe("SCOPE_REQUIRED");
  });

  it("leaves error middleware in the request's own", async () => {
    app.get("/fails", (_request, _response, next) => {
      void foreignly(() => next(new Error("x")));
    });
    app.use(((_error, _request, response, _next) => {
      response.send(here());
    }) satisfies express.ErrorRequestHandler);
    expect(await as("globex", "/fails")).toBe("globex");
  });
});

describe("where it is mounted", () => {
  it("reads the whole path, also on a router", async () => {
    const nested = express();
    const router = express.Router();
    router.use(expressTenancy(tenantry)).get("/page", reply);
    nested.use("/public", router);
    const { port, close } = await listen(nested);
    expect((await ask(port, { path: "/public/page", host: "none.test" })).body).toBe(
      "SCOPE_REQUIRED",
    );
    await close();
  });

  it("may be mounted twice, and resolves once", async () => {
    app.use(expressTenancy(tenantry)).get("/x", reply);
    expect(await as("globex", "/x")).toBe("globex");
  });

  it("refuses a second tenancy in one request", async () => {
    const other = tenancy();
    app.use(expressTenancy(other)).get("/x", reply).use(expressErrors(tenantry));
    expect(await as("globex", "/x")).toContain("CONFIG_INVALID");
  });

  it("refuses what is not Express", () => {
    const errors: unknown[] = [];
    const message = { rawHeaders: [], socket: {}, emit: () => true } as unknown as ExpressRequest;
    for (const application of [undefined, {}, { router: { stack: [{}] } }]) {
      const given = Object.assign({}, message, { app: application });
      expressTenancy(tenantry)(given, {} as ExpressResponse, (error) => errors.push(error));
    }
    expect(errors.map((error) => isTenantryError(error, "CONFIG_INVALID"))).toEqual([
      true,
      true,
      true,
    ]);
  });
});

describe("beside other middleware", () => {
  it("does nothing once a middleware before it has begun to answer", async () => {
    const hasty = express();
    hasty.use((_request, response, next) => {
      response.write("answered ");
      setTimeout(() => response.end("early"), 20);
      next();
    });
    let reached = false;
    hasty.use(expressTenancy(tenantry)).use(() => (reached = true));
    const { port, close } = await listen(hasty);
    for (const host of ["acme.example.com", "none.example.com"]) {
      expect((await ask(port, { path: "/", host })).body).toBe("answered early");
    }
    await close();
    expect(reached).toBe(false);
  });

  it("calls no handler for a client that went away while its tenant was looked up", async () => {
    let asked = false;
    let release = (): void => undefined;
    const gate = new Promise<void>((resolve) => (release = resolve));
    const slow = express();
    const resolver = {
      ...tenantry.resolver,
      resolve: async (incoming: IncomingRequest) => {
        asked = true;
        await gate;
        return tenantry.resolver.resolve(incoming);
      },
    };
    let closed = false;
    let reached = false;
    slow.use((_request, response, next) => {
      response.on("close", () => (closed = true));
      next();
    });
    slow.use(expressTenancy({ ...tenantry, resolver })).use(() => (reached = true));
    const { port, close } = await listen(slow);
    const { socket } = open(port);
    socket.write("GET / HTTP/1.1\r\nHost: acme.example.com\r\n\r\n");
    await expect.poll(() => asked).toBe(true);
    socket.destroy();
    await expect.poll(() => closed).toBe(true);
    release();
    await new Promise((resolve) => setTimeout(resolve, 20));
    await close();
    expect(reached).toBe(false);
  });

  it("hands an error on as it is where the response has begun", async () => {
    const errors: unknown[] = [];
    app.get("/fails", (_request, response) => {
      response.write("begun");
      throw new Error("late");
    });
    app.use(expressErrors(tenantry), ((error, _request, response, _next) => {
      errors.push(error);
      response.end();
    }) satisfies express.ErrorRequestHandler);
    expect(await as("acme", "/fails")).toBe("begun");
    expect(errors).toMatchObject([{ message: "late" }]);
    expect(tenantry.told).toMatchObject([{ type: "request.failed", message: "Error: late" }]);
  });

  it("keeps what another middleware adds to Vary as the head is written, before it or after", async () => {
    const varying = (name: string): ExpressMiddleware & express.RequestHandler =>
      ((_request: express.Request, response: express.Response, next: express.NextFunction) => {
        const writeHead = response.writeHead.bind(response) as (...values: unknown[]) => unknown;
        Object.assign(response, {
          writeHead: (...values: unknown[]) => writeHead(...(response.vary(name), values)),
        });
        next();
      }) as ExpressMiddleware & express.RequestHandler;
    const proxied = tenancy(["127.0.0.1"]);
    const busy = express();
    const varies = { ...proxied, resolver: { ...proxied.resolver, varies: ["x-scope"] } };
    busy.use(varying("Before")).use(expressTenancy(varies)).use(varying("After")).get("/", reply);
    const { port, close } = await listen(busy);
    const { headers } = await ask(port, { path: "/" });
    await close();
    expect(headers.vary!.split(", ").sort()).toEqual(["After", "Before", "x-scope"]);
  });

  it("drops what described the failed response from an error's answer", async () => {
    app.get("/fails", (_request, response) => {
      response.set({ ETag: '"1"', "Content-Type": "text/csv", "Cache-Control": "public" });
      throw new Error("x");
    });
    app.use(expressErrors(tenantry));
    const { status, headers } = await ask(listening.port, { path: "/fails" });
    expect(status).toBe(500);
    expect(headers).toMatchObject({
      "content-type": "application/json",
      "cache-control": "no-store",
    });
    expect(headers).not.toHaveProperty("etag");
  });

  it("leaves requests of other applications as they are", async () => {
    app.get("/x", reply);
    await as("acme", "/x");
    const other = express().get("/x", reply);
    const { port, close } = await listen(other);
    const { body, headers } = await ask(port, { path: "/x" });
    await close();
    expect(body).toBe("SCOPE_REQUIRED");
    expect(headers).not.toHaveProperty("cache-control");
  });
});

it("ends in the tenant that it began in, whatever scope the server was called in", async () => {
  app.get("/x", reply);
  const resolution = await tenantry.resolver.resolve(request({ host: "acme.example.com" }));
  if (resolution.kind !== "tenant") throw new Error("no tenant");
  const inner = await runInScope(resolution.scope, () => listen(app));
  expect((await ask(inner.port, { path: "/x", host: "globex.example.com" })).body).toBe("globex");
  await inner.close();
});
