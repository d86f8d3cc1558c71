import { Router, type Request } from "express";
import type { ScopedPool } from "tenantry";
import type { TrackerAccess } from "../identity/open-identity.js";
import { searchDocuments, type Document } from "./documents.js";
import { summariseInvoices, type InvoiceSum } from "./invoices.js";
import { listProjects, type ProjectPage } from "./projects.js";
import { largestId, numberParameter, onlyParameters, textParameter } from "./query-parameters.js";

/** All that the page shows of a tenant. */
export interface Overview {
  readonly counts: {
    readonly projects: number;
    readonly documents: number;
    readonly invoices: number;
  };
  readonly projects: ProjectPage;
  readonly documents: readonly Document[];
  readonly search: string;
  readonly summary: readonly InvoiceSum[];
}

const projectsShown = 10;
const documentsShown = 6;

/** Its search is done as it should be, in the demo too. */
export function overviewRoutes(db: ScopedPool, access: TrackerAccess): Router {
  const routes = Router();
  routes.get("/", async (request, response) => {
    for (const permission of needed) access.requirePermission(permission);
    response.json(await readOverview(db, overviewParameters(request)));
  });
  return routes;
}

const needed = ["projects:read", "documents:read", "invoices:read"] as const;

export interface OverviewParameters {
  readonly cursor: number;
  readonly search: string;
}

/** Of the page and of its data alike. @throws {BadRequest} */
export function overviewParameters(request: Request): OverviewParameters {
  onlyParameters(request, "cursor", "search");
  return {
    cursor: numberParameter(request, "cursor", { least: 0, most: largestId }) ?? 0,
    search: textParameter(request, "search", 200) ?? "",
  };
}

async function readOverview(
  db: ScopedPool,
  { cursor, search }: OverviewParameters,
): Promise<Overview> {
  const [counts, projects, documents, summary] = await Promise.all([
    db.query<Overview["counts"]>(`select
      (select count(*) from projects)::int as projects,
      (select count(*) from documents)::int as documents,
      (select count(*) from invoices)::int as invoices`),
    listProjects(db, projectsShown, cursor),
    searchDocuments(db)(search),
    summariseInvoices(db),
  ]);
  return {
    counts: counts.rows[0]!,
    projects,
    documents: documents.slice(0, documentsShown),
    search,
    summary,
  };
}
