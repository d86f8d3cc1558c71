import type { ScopedPool } from "tenantry";
import type { Document, SearchDocuments } from "../api/documents.js";
import { summariseInvoices, type InvoiceSum } from "../api/invoices.js";
import { listProjects, type ProjectPage } from "../api/projects.js";

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

export async function readOverview(
  db: ScopedPool,
  searchDocuments: SearchDocuments,
  { cursor, search }: { readonly cursor: number; readonly search: string },
): Promise<Overview> {
  const [counts, projects, documents, summary] = await Promise.all([
    db.query<Overview["counts"]>(`select
      (select count(*) from projects)::int as projects,
      (select count(*) from documents)::int as documents,
      (select count(*) from invoices)::int as invoices`),
    listProjects(db, projectsShown, cursor),
    searchDocuments(search),
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
