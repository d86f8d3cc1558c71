import { Hono } from "hono";
import type pg from "pg";
import type { Tenantry } from "tenantry";
import { honoErrors, honoTenancy, notFound } from "tenantry/hono";
import type { Bug } from "./bugs.js";
import { projectRoutes } from "./projects.js";
import { reportRoutes } from "./reports.js";
import { taskRoutes } from "./tasks.js";
import { graphqlRoutes } from "./graphql.js";
import { gullibleTenancy, isGullible } from "./gullible.js";
import { document } from "./document.js";

export interface Parts {
  readonly tenantry: Tenantry;
  /** A superuser's: what a service has that forgot its tenants. */
  readonly unscoped: pg.Pool;
  readonly bugs: ReadonlySet<Bug>;
}

export function createApp(parts: Parts): Hono {
  const { tenantry, bugs } = parts;
  const app = new Hono();
  app.use(async (context, next) => {
    if (bugs.has("everything is 403")) return context.json({ error: "no" }, 403);
    if (bugs.has("everything is 500")) return context.json({ error: "oh" }, 500);
    await next();
    const origin = context.req.header("origin");
    if (!bugs.has("origin reflected") || origin === undefined) return;
    context.res.headers.set("access-control-allow-origin", origin);
    context.res.headers.set("access-control-allow-credentials", "true");
  });
  app.use(isGullible(bugs) ? gullibleTenancy(parts) : honoTenancy(tenantry));
  app.get("/healthz", (context) => context.json({ status: "ok" }));
  app.route("/api/projects", projectRoutes(parts));
  app.route("/api/tasks", taskRoutes(parts));
  app.route("/api/graphql", graphqlRoutes(parts));
  app.route("/api", reportRoutes(parts));
  app.get("/openapi.json", (context) => context.json(document));
  app.notFound(() => {
    throw notFound();
  });
  app.onError((error, context) => {
    const detail = error as { detail?: string };
    if (bugs.has("error detail"))
      return context.json({ error: error.message, detail: detail.detail }, 500);
    return honoErrors(tenantry)(error, context);
  });
  return app;
}
