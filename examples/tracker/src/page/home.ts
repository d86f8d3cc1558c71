import type { Request, RequestHandler } from "express";
import type { Tenantry } from "tenantry";
import { searchDocuments } from "../api/documents.js";
import {
  largestId,
  numberParameter,
  onlyParameters,
  textParameter,
} from "../api/query-parameters.js";
import { panelContents, type Arsenal } from "../demo/panel-contents.js";
import { readOverview } from "./overview.js";
import { page } from "./page.js";
import { panel } from "./panel.js";
import { allowPage } from "./security-headers.js";

/** @param arsenal null outside of the demo: then there is no panel */
export function homePage(tenantry: Tenantry, arsenal: Arsenal | null): RequestHandler {
  // The page's own search is done as it should be, in the demo too.
  const search = searchDocuments(tenantry.db);
  return async (request, response) => {
    onlyParameters(request, "cursor", "search");
    const scope = tenantry.scope();
    const origin = originOf(request);
    const overview = await readOverview(tenantry.db, search, {
      cursor: numberParameter(request, "cursor", { least: 0, most: largestId }) ?? 0,
      search: textParameter(request, "search", 200) ?? "",
    });
    const contents = arsenal === null ? null : await panelContents(scope, arsenal, origin);
    const text = page({
      tenant: scope.tenant,
      host: new URL(origin).host,
      overview,
      panel: contents === null ? null : panel(contents),
      nonce: allowPage(response),
    });
    response.type("html").send(text);
  };
}

/** The host was verified when the tenant was resolved. */
function originOf(request: Request): string {
  return `http://${request.headers.host ?? "localhost"}`;
}
