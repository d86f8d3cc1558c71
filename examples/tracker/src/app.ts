import { fileURLToPath } from "node:url";
import express, { type Express } from "express";
import type { Tenantry } from "tenantry";
import { expressErrors, expressTenancy, notFound } from "tenantry/express";
import { answerBadRequest } from "./api/bad-request.js";
import { documentRoutes, searchDocuments } from "./api/documents.js";
import { invoiceRoutes } from "./api/invoices.js";
import { projectRoutes } from "./api/projects.js";
import { usualWayPath } from "./demo/comparison.js";
import { injectableSearch } from "./demo/injectable-search.js";
import { answerInjectedStatement } from "./demo/injected-statement-failed.js";
import type { Arsenal } from "./demo/panel-contents.js";
import type { UsualWay } from "./demo/usual-way.js";
import { homePage } from "./page/home.js";
import { securityHeaders } from "./page/security-headers.js";

/** Set in the demo only (TRACKER_INJECTABLE_SEARCH=1). */
export interface Demo {
  readonly arsenal: Arsenal;
  /** Null where it could not be set up. */
  readonly usualWay: UsualWay | null;
}

/** Routes that belong to no tenant. */
export const centralRoutes = ["/healthz", "/assets/*"];

export function createApp(tenantry: Tenantry, demo: Demo | null): Express {
  const { db } = tenantry;
  const app = express();
  app.disable("x-powered-by");
  // Tenants' answers are never stored, so a validator would be of no use to anyone.
  app.disable("etag");

  app.use(securityHeaders);
  app.use(expressTenancy(tenantry));

  app.get("/healthz", (_request, response) => void response.json({ status: "ok" }));
  app.use("/assets", assets());

  app.use("/api", express.json({ limit: "16kb" }));
  app.use("/api/projects", projectRoutes(db));
  app.use(
    "/api/documents",
    documentRoutes(demo === null ? searchDocuments(db) : injectableSearch(db)),
  );
  app.use("/api/invoices", invoiceRoutes(db));
  if (demo?.usualWay)
    app.use(
      usualWayPath,
      documentRoutes((text) => demo.usualWay!.search(text)),
    );
  app.get("/", homePage(tenantry, demo?.arsenal ?? null));

  app.use(() => {
    throw notFound();
  });
  app.use(answerBadRequest, answerInjectedStatement);
  app.use(expressErrors(tenantry));
  return app;
}

/** The style sheet, and the compiled script of the panel. */
function assets() {
  const options = { index: false, redirect: false, dotfiles: "deny", maxAge: 0 } as const;
  const folder = (path: string) => fileURLToPath(new URL(path, import.meta.url));
  return [
    express.static(folder("../assets"), options),
    express.static(folder("./browser"), options),
  ];
}
