import { fileURLToPath } from "node:url";
import express, { type Express } from "express";
import type { Tenantry } from "tenantry";
import { expressErrors, expressTenancy, notFound } from "tenantry/express";
import { createIdentityHandler, identityListener, type Outbox } from "tenantry/identity";
import { answerBadRequest } from "./api/bad-request.js";
import { documentRoutes, searchDocuments } from "./api/documents.js";
import { invoiceRoutes } from "./api/invoices.js";
import { meRoutes } from "./api/me.js";
import { overviewRoutes } from "./api/overview.js";
import { projectRoutes } from "./api/projects.js";
import { onAuthHost } from "./auth-host/on-auth-host.js";
import { authHostPages } from "./auth-host/routes.js";
import { usualWayPath } from "./demo/comparison.js";
import { injectableSearch } from "./demo/injectable-search.js";
import { answerInjectedStatement } from "./demo/injected-statement-failed.js";
import type { Arsenal } from "./demo/panel-contents.js";
import type { UsualWay } from "./demo/usual-way.js";
import type { TrackerIdentity } from "./identity/open-identity.js";
import { securityHeaders } from "./page/security-headers.js";
import { tenantPages } from "./page/tenant-pages.js";

/** Set in the demo only (TRACKER_INJECTABLE_SEARCH=1). */
export interface Demo {
  readonly arsenal: Arsenal;
  /** Null where it could not be set up. */
  readonly usualWay: UsualWay | null;
  /** Everyone's mail, to read. */
  readonly outbox: Outbox;
}

/** Routes that belong to no tenant. */
export const centralRoutes = ["/healthz", "/assets/*"];

export interface AppParts {
  readonly tenantry: Tenantry;
  readonly identity: TrackerIdentity;
  readonly demo: Demo | null;
}

export function createApp({ tenantry, identity, demo }: AppParts): Express {
  const app = express();
  app.disable("x-powered-by");
  // Tenants' answers are never stored, so a validator would be of no use to anyone.
  app.disable("etag");

  app.use(securityHeaders);
  // Before tenancy: the auth host is no tenant's. And before any body parser.
  app.use(identityListener(createIdentityHandler(identity, { deniedPath: "/denied" })));
  app.use(onAuthHost(identity, authHostPages(demo?.outbox ?? null)));
  app.use(expressTenancy(tenantry));

  app.get("/healthz", (_request, response) => void response.json({ status: "ok" }));
  app.use("/assets", assets());

  app.use("/api", express.json({ limit: "16kb" }));
  mountApi(app, { tenantry, identity, demo });
  app.use(tenantPages(tenantry, identity, demo?.arsenal ?? null));

  app.use(() => {
    throw notFound();
  });
  app.use(answerBadRequest, answerInjectedStatement);
  app.use(expressErrors(tenantry));
  return app;
}

function mountApi(app: Express, { tenantry: { db }, identity, demo }: AppParts): void {
  const search = demo === null ? searchDocuments(db) : injectableSearch(db);
  app.use("/api/me", meRoutes(identity));
  app.use("/api/overview", overviewRoutes(db, identity));
  app.use("/api/projects", projectRoutes(db, identity));
  app.use("/api/documents", documentRoutes(search, identity));
  app.use("/api/invoices", invoiceRoutes(db, identity));
  if (demo?.usualWay) {
    const { usualWay } = demo;
    app.use(
      usualWayPath,
      documentRoutes((text) => usualWay.search(text), identity),
    );
  }
}

/** The style sheet, and the compiled scripts of the pages. */
function assets() {
  const options = { index: false, redirect: false, dotfiles: "deny", maxAge: 0 } as const;
  const folder = (path: string) => fileURLToPath(new URL(path, import.meta.url));
  return [
    express.static(folder("../assets"), options),
    express.static(folder("./browser"), options),
  ];
}
