import { createServer } from "node:http";
import { Writable } from "node:stream";
import { getRequestListener, type HttpBindings } from "@hono/node-server";
import { Hono } from "hono";
import { etag as tagging } from "hono/etag";
import { HTTPException } from "hono/http-exception";
import { honoErrors, honoServerErrors, honoTenancy, notFound } from "tenantry/hono";
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
import { echoScope } from "./echo-scope.js";
import { etag, nodeOptions, type HttpHost } from "./host.js";

type App = Hono<{ Bindings: HttpBindings }>;

export const honoHost: HttpHost = {
  name: "Hono on @hono/node-server",
  serve(application) {
    const { tenantry } = application;
    const app: App = new Hono();
    app.use(honoTenancy(tenantry));
    app.onError(honoErrors(tenantry));
    app.get("/where", (c) => c.text(here(application)));
    app.get("/api/where", (c) => c.text(here(application)));
    app.options("/where", (c) => c.body(null, 204, { "x-tenant": here(application) }));
    app.get("/everywhere", async (c) => c.json(await everywhere(application)));
    bodies(app, application);
    streams(app, application);
    failures(app);
    headers(app, application);
    app.get("/projects", async (c) => c.json(await projects(application)));
    app.get("/projects/:id", async (c) => {
      const found = await project(application, c.req.param("id"));
      if (found === undefined) throw notFound();
      return c.json(found);
    });
    const errorHandler = honoServerErrors(tenantry);
    const listener = getRequestListener(app.fetch, { errorHandler });
    return createServer(nodeOptions, (incoming, outgoing) => void listener(incoming, outgoing)).on(
      "upgrade",
      echoScope(application),
    );
  },
};

function bodies(app: App, application: Application): void {
  app.post("/json", async (c) => {
    const { items } = await c.req.json<{ items: unknown[] }>();
    return c.json({ tenant: here(application), items: items.length });
  });
  app.post("/body", async (c) => {
    const seen = new Set<string>();
    const { incoming } = c.env;
    incoming.on("data", () => seen.add(here(application)));
    const ended = new Promise<void>((resolve) => {
      incoming.on("end", () => {
        seen.add(here(application));
        resolve();
      });
    });
    await ended;
    return c.text([...seen].join());
  });
  app.post("/upload", async (c) => {
    const seen = new Set<string>();
    const parser = new Writable({
      write(_chunk, _encoding, done) {
        seen.add(here(application));
        setImmediate(done);
      },
    });
    await c.req.raw.body!.pipeTo(Writable.toWeb(parser) as WritableStream<Uint8Array>);
    return c.json([...seen.add(here(application))]);
  });
}

function streams(app: App, application: Application): void {
  app.get("/stream", (c) => c.body(pulled(pieces(application))));
  app.get("/endless", (c) => c.body(pulled(untilClosed(application, c.req.query("id") ?? null))));
  app.get("/finish", (c) => {
    const id = c.req.query("id") ?? null;
    c.env.outgoing.on("finish", () => note(application, id, "finish"));
    c.env.outgoing.on("close", () => note(application, id, "close"));
    return c.text("ok");
  });
  app.all("/slow", async (c) => {
    const id = c.req.query("id") ?? null;
    note(application, id, "begin");
    c.env.outgoing.on("close", () => note(application, id, "close"));
    await application.gate;
    note(application, id, "end");
    return c.text("done");
  });
}

function failures(app: App): void {
  app.get("/throw", () => failWithSecret());
  app.get("/reject", async () => {
    await Promise.resolve();
    return failWithSecret();
  });
  app.get("/broken-stream", (c) => c.body(pulled(brokenPieces())));
  app.get("/teapot", () => {
    throw new HTTPException(418, { res: new Response("no coffee") });
  });
}

function headers(app: App, application: Application): void {
  app.get("/cached", (c) =>
    c.text("cached", 200, { "Cache-Control": "public, max-age=60", Vary: "Accept-Encoding" }),
  );
  app.get("/varied", (c) => {
    c.header("Set-Cookie", "a=1");
    return c.text("varied", 200, { Vary: "Accept, AUTHORIZATION" });
  });
  app.get("/tagged", tagging(), (c) => c.text("tagged", 200, { ETag: etag }));
  app.get("/healthz", (c) => c.text(here(application)));
  app.get("/public/page", (c) => c.text(here(application), 200, { Vary: "Accept" }));
}
