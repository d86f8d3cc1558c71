import { Router } from "express";
import type { ScopedPool } from "tenantry";
import type { TrackerAccess } from "../identity/open-identity.js";
import { onlyParameters, textParameter } from "./query-parameters.js";

export interface Document {
  readonly id: number;
  readonly title: string;
  readonly body: string;
}

/** Room for an attack; a search would do with less. */
export const longestSearch = 4000;

export type SearchDocuments = (search: string) => Promise<readonly Document[]>;

export function documentRoutes(search: SearchDocuments, access: TrackerAccess): Router {
  const routes = Router();
  routes.get("/", async (request, response) => {
    access.requirePermission("documents:read");
    onlyParameters(request, "search");
    const text = textParameter(request, "search", longestSearch) ?? "";
    response.json({ documents: await search(text) });
  });
  return routes;
}

/** As it should be done: what the user typed travels as a parameter, never as SQL. */
export function searchDocuments(db: ScopedPool): SearchDocuments {
  return async (search) => {
    const { rows } = await db.query<Document>(
      `select id, title, body from documents
       where title ilike $1 or body ilike $1 order by id limit 50`,
      [`%${search.replace(/[\\%_]/g, "\\$&")}%`],
    );
    return rows;
  };
}
