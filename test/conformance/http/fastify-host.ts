import { createServer, type Server } from "node:http";
import { Readable } from "node:stream";
import multipart from "@fastify/multipart";
import websocket from "@fastify/websocket";
import createFastify, { type FastifyInstance } from "fastify";
import { fastifyErrors, fastifyTenancy, notFound } from "tenantry/fastify";
import {
  brokenPieces,
  everywhere,
  failWithSecret,
  here,
  note,
  pieces,
  project,
  projects,
  pulled,
  untilClosed,
  type Application,
} from "./application.js";
import { etag, nodeOptions, type HttpHost } from "./host.js";

export const fastifyHost: HttpHost = {
  name: "Fastify",
  async serve(application) {
    const { tenantry } = application;
    let server: Server | undefined;
    const app = createFastify({
      bodyLimit: 10_000_000,
      forceCloseConnections: true,
      frameworkErrors: fastifyErrors(tenantry),
      serverFactory: (handler) => (server = createServer(nodeOptions, handler)),
    });
    void app.register(fastifyTenancy(tenantry));
    void app.register(multipart);
    void app.register(websocket);
    app.setErrorHandler(fastifyErrors(tenantry));
    // Routes in a plugin of their own, as applications have them.
    void app.register(async (routes) => {
      for (const path of ["/where", "/api/where", "/healthz"]) {
        routes.get(path, () => here(application));
      }
      routes.options("/where", async (_request, reply) =>
        reply.code(204).header("x-tenant", here(application)).send(),
      );
      routes.get("/everywhere", () => everywhere(application));
      bodies(routes, application);
      streams(routes, application);
      failures(routes);
      headers(routes, application);
      sockets(routes, application);
      routes.get("/projects", () => projects(application));
      routes.get<{ Params: { id: string } }>("/projects/:id", async (request) => {
        const found = await project(application, request.params.id);
        if (found === undefined) throw notFound();
        return found;
      });
    });
    await app.ready();
    return server!;
  },
};

function bodies(app: FastifyInstance, application: Application): void {
  app.post<{ Body: { items: unknown[] } }>("/json", (request) => ({
    tenant: here(application),
    items: request.body.items.length,
  }));
  app.post("/upload", async (request) => {
    const seen = new Set<string>();
    for await (const part of request.files()) {
      part.file.on("data", () => seen.add(here(application)));
      await part.toBuffer();
      seen.add(here(application));
    }
    return [...seen];
  });
  void app.register(async (raw) => {
    raw.addContentTypeParser("*", (_request, _payload, done) => done(null));
    raw.post("/body", (request, reply) => {
      const seen = new Set<string>();
      request.raw.on("data", () => seen.add(here(application)));
      request.raw.on("end", () => void reply.send([...seen.add(here(application))].join()));
    });
    raw.route<{ Querystring: { id?: string } }>({
      method: ["GET", "POST"],
      url: "/slow",
      handler: async (request, reply) => {
        const id = request.query.id ?? null;
        note(application, id, "begin");
        request.raw.on("error", () => note(application, id, "error"));
        reply.raw.on("close", () => note(application, id, "close"));
        await application.gate;
        note(application, id, "end");
        return "done";
      },
    });
  });
}

interface WithId {
  Querystring: { id?: string };
}

function streams(app: FastifyInstance, application: Application): void {
  app.get("/stream", (_request, reply) => reply.send(Readable.from(pieces(application))));
  app.get<WithId>("/endless", (request, reply) =>
    reply.send(pulled(untilClosed(application, request.query.id ?? null))),
  );
  app.get<WithId>("/finish", (request, reply) => {
    const id = request.query.id ?? null;
    reply.raw.on("finish", () => note(application, id, "finish"));
    reply.raw.on("close", () => note(application, id, "close"));
    return reply.send("ok");
  });
}

function failures(app: FastifyInstance): void {
  app.get("/throw", () => failWithSecret());
  app.get("/reject", async () => {
    await Promise.resolve();
    failWithSecret();
  });
  app.get("/broken-stream", (_request, reply) => reply.send(Readable.from(brokenPieces())));
  app.get("/teapot", () => {
    throw Object.assign(new Error("hunter2"), { statusCode: 418, code: "FST_ERR_TEAPOT" });
  });
}

function headers(app: FastifyInstance, application: Application): void {
  app.get("/cached", (_request, reply) =>
    reply
      .headers({ "Cache-Control": "public, max-age=60", Vary: "Accept-Encoding" })
      .send("cached"),
  );
  app.get("/varied", (_request, reply) => {
    reply.hijack();
    reply.raw.writeHead(200, ["Vary", "Accept, AUTHORIZATION", "Set-Cookie", "a=1"]);
    reply.raw.end("varied");
  });
  app.get("/tagged", (request, reply) =>
    request.headers["if-none-match"] === etag
      ? reply.code(304).header("ETag", etag).send()
      : reply.header("ETag", etag).send("tagged"),
  );
  app.get("/public/page", (_request, reply) =>
    reply.header("Vary", "Accept").send(here(application)),
  );
}

interface Socket {
  on(event: "message" | "close", listener: () => void): unknown;
  send(text: string): void;
}

function sockets(app: FastifyInstance, application: Application): void {
  for (const path of ["/socket", "/api/socket", "/public/socket"]) {
    app.get<WithId>(path, { websocket: true }, (socket: Socket, request) => {
      const id = request.query.id ?? null;
      note(application, id, "open");
      socket.on("message", () => socket.send(here(application)));
      socket.on("close", () => note(application, id, "close"));
    });
  }
}
