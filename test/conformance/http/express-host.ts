import { createServer } from "node:http";
import { pipeline, Readable, Writable } from "node:stream";
import express from "express";
import { expressErrors, expressTenancy, notFound } from "tenantry/express";
import {
  brokenPieces,
  everywhere,
  failWithSecret,
  here,
  note,
  pieces,
  project,
  projects,
  untilClosed,
  type Application,
} from "./application.js";
import { echoScope } from "./echo-scope.js";
import { etag, nodeOptions, type HttpHost } from "./host.js";

export const expressHost: HttpHost = {
  name: "Express",
  serve(application) {
    const { tenantry } = application;
    const app = express();
    app.use(expressTenancy(tenantry));
    app.get(
      ["/where", "/api/where"],
      (_request, response) => void response.send(here(application)),
    );
    app.options("/where", (_request, response) => {
      response.set("x-tenant", here(application)).status(204).end();
    });
    app.get("/everywhere", async (_request, response) => {
      response.json(await everywhere(application));
    });
    bodies(app, application);
    streams(app, application);
    failures(app);
    headers(app, application);
    app.get("/projects", async (_request, response) => {
      response.json(await projects(application));
    });
    app.get("/projects/:id", async (request, response) => {
      const found = await project(application, request.params.id);
      if (found === undefined) throw notFound();
      response.json(found);
    });
    app.use(expressErrors(tenantry));
    return createServer(nodeOptions, app).on("upgrade", echoScope(application));
  },
};

function bodies(app: express.Express, application: Application): void {
  app.post("/json", express.json({ limit: "10mb" }), (request, response) => {
    const items = (request.body as { items: unknown[] }).items.length;
    response.json({ tenant: here(application), items });
  });
  app.post("/body", (request, response) => {
    const seen = new Set<string>();
    request.on("data", () => seen.add(here(application)));
    request.on("end", () => response.send([...seen.add(here(application))].join()));
  });
  app.post("/upload", (request, response) => {
    const seen = new Set<string>();
    const parser = new Writable({
      write(_chunk, _encoding, done) {
        seen.add(here(application));
        setImmediate(done);
      },
    });
    request.pipe(parser).on("finish", () => {
      response.json([...seen.add(here(application))]);
    });
  });
}

const idOf = ({ originalUrl }: express.Request) =>
  new URL(originalUrl, "http://host").searchParams.get("id");

function streams(app: express.Express, application: Application): void {
  app.get("/stream", (_request, response) => {
    Readable.from(pieces(application)).pipe(response);
  });
  app.get("/endless", (request, response) => {
    pipeline(Readable.from(untilClosed(application, idOf(request))), response, () => undefined);
  });
  app.get("/finish", (request, response) => {
    const id = idOf(request);
    response.on("finish", () => note(application, id, "finish"));
    response.on("close", () => note(application, id, "close"));
    response.send("ok");
  });
  app.all("/slow", async (request, response) => {
    const id = idOf(request);
    note(application, id, "begin");
    request.on("error", () => note(application, id, "error"));
    response.on("close", () => note(application, id, "close"));
    await application.gate;
    note(application, id, "end");
    response.send("done");
  });
}

function failures(app: express.Express): void {
  app.get("/throw", () => failWithSecret());
  app.get("/reject", async () => {
    await Promise.resolve();
    failWithSecret();
  });
  app.get("/broken-stream", (_request, response, next) => {
    const source = Readable.from(brokenPieces());
    source.on("error", next).pipe(response);
  });
  app.get("/teapot", () => {
    throw Object.assign(new Error("hunter2"), { status: 418, expose: true });
  });
}

function headers(app: express.Express, application: Application): void {
  app.get("/cached", (_request, response) => {
    response.set({ "Cache-Control": "public, max-age=60", Vary: "Accept-Encoding" }).send("cached");
  });
  app.get("/varied", (_request, response) => {
    response.writeHead(200, ["Vary", "Accept, AUTHORIZATION", "Set-Cookie", "a=1"]);
    response.end("varied");
  });
  app.get("/tagged", (_request, response) => void response.set("ETag", etag).send("tagged"));
  app.get("/healthz", (_request, response) => void response.send(here(application)));
  app.get("/public/page", (_request, response) => {
    response.set("Vary", "Accept").send(here(application));
  });
}
