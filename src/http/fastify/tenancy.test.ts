import type { AddressInfo } from "node:net";
import { Readable } from "node:stream";
import createFastify, { type FastifyInstance as Fastify } from "fastify";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ask, rawRequest, sendRaw, withoutDate } from "../../../test/conformance/http/client.js";
import { runInScope } from "../../core/context.js";
import { isTenantryError } from "../../core/tenantry-error.js";
import { request } from "../../resolver/resolver.test-support.js";
import { notFound } from "../not-found.js";
import { here, tenancy, type TestTenancy } from "../tenancy.test-support.js";
import { fastifyErrors } from "./errors.js";
import type { FastifyHook, FastifyReply, FastifyRequest } from "./slices.js";
import { fastifyTenancy } from "./tenancy.js";

let tenantry: TestTenancy;
let app: Fastify;

beforeEach(() => {
  tenantry = tenancy();
  app = createFastify({ forceCloseConnections: true, frameworkErrors: fastifyErrors(tenantry) });
  void app.register(fastifyTenancy(tenantry));
  app.setErrorHandler(fastifyErrors(tenantry));
});
afterEach(() => app.close());

const as = (slug: string, url: string, given: object = {}) =>
  app.inject({ url, headers: { host: `${slug}.example.com` }, ...given });

const scopeOf = async (slug: string) => {
  const resolution = await tenancy().resolver.resolve(request({ host: `${slug}.example.com` }));
  if (resolution.kind !== "tenant") throw new Error("no tenant");
  return resolution.scope;
};

/** Calls back later, always in acme's scope: as a driver does that was first used there. */
const foreignly = async (work: () => void) => {
  const scope = await scopeOf("acme");
  runInScope(scope, () => setTimeout(work, 2), { nested: true });
};

const foreign = (_request: unknown, _reply: unknown, done: () => void) => void foreignly(done);

describe("a hook that calls done() from another tenant's context", () => {
  it("is really there: without tenancy, what comes next runs in that context", async () => {
    const bare = createFastify();
    bare.get("/", { preHandler: foreign }, () => here());
    expect((await bare.inject("/")).body).toBe("acme");
    await bare.close();
  });

  it.each(["onRequest", "preValidation", "preHandler"] as const)(
    "leaves what comes after in the request's own: %s",
    async (hook) => {
      const seen: string[] = [];
      app.addHook(hook, foreign);
      app.addHook("preHandler", async () => void seen.push(here()));
      app.addHook("onSend", async () => void seen.push(here()));
      app.get("/x", { [hook]: [foreign, foreign] }, () => here());
      expect((await as("globex", "/x")).body).toBe("globex");
      expect(seen).toEqual(["globex", "globex"]);
    },
  );

  it("leaves parsers, validators, serializers and senders in the request's own", async () => {
    const seen: string[] = [];
    const note = () => void seen.push(here());
    app.addHook("preParsing", (_request, _reply, payload, done) => {
      void foreignly(() => done(null, payload));
    });
    app.addContentTypeParser("text/x", { parseAs: "string" }, (_request, body, done) => {
      note();
      void foreignly(() => done(null, body));
    });
    app.setValidatorCompiler(() => (value: unknown) => {
      note();
      return { value };
    });
    app.setReplySerializer((payload) => {
      note();
      return JSON.stringify(payload);
    });
    app.addHook("preSerialization", (_request, _reply, payload, done) => {
      note();
      void foreignly(() => done(null, payload));
    });
    app.addHook("onSend", (_request, _reply, payload, done) => {
      note();
      void foreignly(() => done(null, payload));
    });
    app.addHook("onResponse", note);
    app.post("/x", { schema: { body: { type: "string" } } }, (_request, reply) => {
      note();
      void foreignly(() => void reply.send({ ok: true }));
    });
    const headers = { host: "globex.example.com", "content-type": "text/x" };
    const { body } = await app.inject({ method: "POST", url: "/x", headers, body: "text" });
    expect(body).toBe('{"ok":true}');
    await expect.poll(() => seen).toEqual(Array.from({ length: 7 }, () => "globex"));
  });

  it("leaves streams in the request's own, of node and of the web", async () => {
    async function* pieces() {
      for (let count = 0; count < 3; count += 1) {
        await Promise.resolve();
        yield Buffer.from(`${here()} `);
      }
    }
    const web = () => {
      const source = pieces();
      return new ReadableStream<Uint8Array>({
        async pull(controller) {
          const { done, value } = await source.next();
          if (done) controller.close();
          else controller.enqueue(value);
        },
      });
    };
    const ways: Record<string, () => unknown> = {
      "/node": () => Readable.from(pieces()),
      "/web": web,
      "/response": () => new Response(web(), { status: 201, headers: { "x-own": "kept" } }),
    };
    for (const [path, make] of Object.entries(ways)) {
      app.get(path, (_request, reply) => {
        const payload = make();
        void foreignly(() => void reply.send(payload));
      });
      app.addHook("onSend", (_request, _reply, payload, done) => {
        void foreignly(() => done(null, payload));
      });
    }
    for (const path of Object.keys(ways)) {
      expect([path, (await as("globex", path)).body]).toEqual([path, "globex ".repeat(3)]);
    }
    const response = await as("globex", "/response");
    expect([response.statusCode, response.headers["x-own"]]).toEqual([201, "kept"]);
  });

  it("leaves error and not-found handlers in the request's own, in plugins as well", async () => {
    void app.register(
      async (inner) => {
        inner.addHook("preHandler", foreign);
        inner.setErrorHandler((_error, _request, reply) => void reply.send(here()));
        inner.setNotFoundHandler((_request, reply) => void reply.send(`missing ${here()}`));
        inner.get("/fails", (_request, reply) => {
          void foreignly(() => void reply.send(new Error("x")));
          return reply;
        });
        inner.get("/missing", (_request, reply) => {
          void foreignly(() => void reply.callNotFound());
          return reply;
        });
      },
      { prefix: "/inner" },
    );
    expect((await as("globex", "/inner/fails")).body).toBe("globex");
    expect((await as("globex", "/inner/missing")).body).toBe("missing globex");
    expect((await as("globex", "/inner/none")).body).toBe("missing globex");
  });

  it("leaves a central route without a scope", async () => {
    app.get("/healthz", { preHandler: foreign }, () => here());
    expect((await as("acme", "/healthz")).body).toBe("SCOPE_REQUIRED");
  });
});

describe("where it is registered", () => {
  it("holds for plugins below, registered before their hooks and routes", async () => {
    const seen: string[] = [];
    void app.register(async (inner) => {
      inner.addHook("onRequest", async () => void seen.push(here()));
      inner.get("/inner", () => here());
    });
    expect((await as("globex", "/inner")).body).toBe("globex");
    expect(seen).toEqual(["globex"]);
  });

  it("calls no hook that comes after it for a request that is refused", async () => {
    let reached = 0;
    app.addHook("onRequest", async () => void (reached += 1));
    app.addHook("onSend", async () => void (reached += 1));
    app.get("/x", () => "never");
    expect((await as("none", "/x")).statusCode).toBe(400);
    expect(reached).toBe(0);
  });

  it("may stand in one plugin alone, and leaves the others as they are", async () => {
    const bare = createFastify();
    void bare.register(async (inner) => {
      void inner.register(fastifyTenancy(tenantry));
      inner.get("/x", () => here());
    });
    bare.get("/other", () => here());
    const headers = { host: "globex.example.com" };
    expect((await bare.inject({ url: "/x", headers })).body).toBe("globex");
    const other = await bare.inject({ url: "/other", headers });
    expect(other.body).toBe("SCOPE_REQUIRED");
    expect(other.headers).not.toHaveProperty("cache-control");
    await bare.close();
  });

  it("may be registered twice, and resolves once", async () => {
    void app.register(fastifyTenancy(tenantry));
    app.get("/x", () => here());
    expect((await as("globex", "/x")).body).toBe("globex");
  });

  it("refuses a second tenancy in one request", async () => {
    void app.register(fastifyTenancy(tenancy()));
    app.get("/x", () => here());
    expect((await as("globex", "/x")).body).toContain("CONFIG_INVALID");
    expect(tenantry.told[0]?.detail).toMatchObject({ code: "CONFIG_INVALID" });
  });

  it("reads the target as it was sent, whatever rewriteUrl makes of it", async () => {
    const rewriting = createFastify({ rewriteUrl: () => "/public/x" });
    void rewriting.register(fastifyTenancy(tenantry));
    rewriting.get("/public/x", () => here());
    const headers = { host: "globex.example.com" };
    expect((await rewriting.inject({ url: "/own", headers })).body).toBe("globex");
    await rewriting.close();
  });

  it("refuses what is not Fastify", () => {
    let hook: FastifyHook | undefined;
    const instance = { addHook: (_name: string, given: FastifyHook) => (hook = given) };
    fastifyTenancy(tenantry)(instance, {}, () => undefined);
    const errors: unknown[] = [];
    for (const given of [{}, { [Symbol("fastify.context")]: {} }]) {
      const message = Object.assign(given, { raw: {} }) as unknown as FastifyRequest;
      hook!(message, { raw: {} } as FastifyReply, (error) => errors.push(error));
    }
    expect(errors.map((error) => isTenantryError(error, "CONFIG_INVALID"))).toEqual([true, true]);
  });
});

describe("errors", () => {
  it("of Fastify and its parsers keep their status, and show nothing", async () => {
    app.post("/x", { bodyLimit: 10, schema: { body: { type: "object", required: ["a"] } } }, here);
    const post = async (type: string, body: string) => {
      const headers = { host: "acme.example.com", "content-type": type };
      const answer = await app.inject({ method: "POST", url: "/x", headers, body });
      return [answer.statusCode, answer.json<{ error: { code: string } }>().error.code];
    };
    expect(await post("application/json", "{")).toEqual([400, "REQUEST_INVALID"]);
    expect(await post("application/json", '{"b":1}')).toEqual([400, "REQUEST_INVALID"]);
    expect(await post("application/json", '{"b":"too long"}')).toEqual([413, "REQUEST_INVALID"]);
    expect(await post("image/png", "x")).toEqual([415, "REQUEST_INVALID"]);
    expect(tenantry.told).toEqual([]);
  });

  it("of a path that cannot be decoded are answered before any tenant is asked for", async () => {
    app.get("/:id", here);
    const answer = await as("acme", "/%zz");
    expect([answer.statusCode, answer.body]).toEqual([
      400,
      '{"error":{"code":"REQUEST_INVALID","title":"Bad request"}}',
    ]);
  });

  it("with an upstream's status are a generic 500", async () => {
    app.get("/x", () => {
      throw Object.assign(new Error("hunter2"), { statusCode: 404, code: "UND_ERR" });
    });
    const answer = await as("acme", "/x");
    expect([answer.statusCode, answer.body]).toEqual([
      500,
      '{"error":{"code":"INTERNAL","title":"Internal error"}}',
    ]);
  });

  it("keep the headers that hooks set, and drop what described the failed response", async () => {
    app.addHook("onRequest", async (_request, reply) => {
      reply.header("access-control-allow-origin", "https://app.example.org");
    });
    app.get("/x", (_request, reply) => {
      reply.headers({ ETag: '"1"', "Content-Type": "text/csv", "Cache-Control": "public" });
      throw notFound();
    });
    const { statusCode, headers } = await as("acme", "/x");
    expect(statusCode).toBe(404);
    expect(headers).toMatchObject({
      "access-control-allow-origin": "https://app.example.org",
      "content-type": "application/json",
      "cache-control": "no-store",
    });
    expect(headers).not.toHaveProperty("etag");
  });

  it("of a hook that fails for the error's answer, too, show nothing", async () => {
    app.addHook("onSend", async () => {
      throw new Error("select hunter2");
    });
    app.get("/x", () => "fine");
    const answer = await as("acme", "/x");
    expect(answer.statusCode).toBe(500);
    expect(answer.body).toBe('{"error":{"code":"INTERNAL","title":"Internal error"}}');
  });

  it("of a web stream that has begun close the connection, and are reported", async () => {
    app.get("/x", (_request, reply) => {
      let count = 0;
      return reply.send(
        new ReadableStream<Uint8Array>({
          async pull(controller) {
            await new Promise((resolve) => setTimeout(resolve, 5));
            if ((count += 1) > 1) throw new Error("late hunter2");
            controller.enqueue(new TextEncoder().encode("begun"));
          },
        }),
      );
    });
    await app.listen({ port: 0, host: "127.0.0.1" });
    const { port } = app.server.address() as AddressInfo;
    const answer = await sendRaw(port, rawRequest("/x", ["Host: acme.example.com"]));
    expect(answer).toContain("begun");
    expect(answer).not.toContain("hunter2");
    expect(answer).not.toMatch(/\r\n0\r\n\r\n$/);
    expect(tenantry.told).toMatchObject([{ message: "Error: late hunter2" }]);
  });

  it("of a stream that has not begun are answered and reported once", async () => {
    app.get("/x", (_request, reply) => {
      const source = new Readable({ read: () => void source.destroy(new Error("early")) });
      return reply.send(source);
    });
    const answer = await as("acme", "/x");
    expect(answer.statusCode).toBe(500);
    expect(tenantry.told).toMatchObject([{ type: "request.failed", message: "Error: early" }]);
  });

  it("of an upload that breaks off are no failure of the service's", async () => {
    app.post("/x", here);
    await app.listen({ port: 0, host: "127.0.0.1" });
    const { port } = app.server.address() as AddressInfo;
    const head = "Host: acme.example.com\r\nContent-Type: text/plain\r\nContent-Length: 100";
    await new Promise<void>((resolve) => {
      void import("node:net").then(({ connect }) => {
        const socket = connect(port, "127.0.0.1", () => {
          socket.write(`POST /x HTTP/1.1\r\n${head}\r\n\r\nsome`);
          setTimeout(() => socket.destroy(), 20);
        });
        socket.on("close", () => setTimeout(resolve, 30));
      });
    });
    expect(tenantry.told).toEqual([]);
  });
});

it("answers a refused request with the same bytes over inject and over a connection", async () => {
  app.get("/x", here);
  await app.listen({ port: 0, host: "127.0.0.1" });
  const { port } = app.server.address() as AddressInfo;
  const over = withoutDate(await sendRaw(port, rawRequest("/x", ["Host: none.example.com"])));
  const injected = await as("none", "/x");
  expect(over.endsWith(`\r\n\r\n${injected.body}`)).toBe(true);
  expect((await ask(port, { path: "/x", host: "globex.example.com" })).body).toBe("globex");
});
