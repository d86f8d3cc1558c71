import { Router, type Request, type Response } from "express";
import type { Tenantry } from "tenantry";
import { overviewParameters } from "../api/overview.js";
import { onlyParameters } from "../api/query-parameters.js";
import { panelContents, type Arsenal } from "../demo/panel-contents.js";
import type { TrackerIdentity } from "../identity/open-identity.js";
import { deniedMain, homeMain } from "./home.js";
import type { HtmlValue } from "./html.js";
import { layout, type Link } from "./layout.js";
import { membersMain } from "./members.js";
import { panel } from "./panel.js";
import { allowPage } from "./security-headers.js";

/**
 * The pages on tenants' hosts. None of them has data in it: whoever has no token gets none.
 * @param arsenal null outside of the demo: then there is no panel
 */
export function tenantPages(
  tenantry: Tenantry,
  identity: TrackerIdentity,
  arsenal: Arsenal | null,
): Router {
  const routes = Router();
  const account: Link = { href: `${identity.issuer.origin}/`, text: "Account" };
  const nav = [{ href: "/", text: "Overview" }, { href: "/members", text: "Members" }, account];

  function send(request: Request, response: Response, main: HtmlValue, scripts: string[]): void {
    const { name, slug } = tenantry.scope().tenant;
    const contents = { title: name, heading: name, bodyClass: `tenant-${slug}`, nav, main };
    const { host } = new URL(originOf(request));
    const text = layout({ ...contents, scripts, host, nonce: allowPage(response) });
    response.type("html").send(text);
  }

  routes.get("/", async (request, response) => {
    const { search } = overviewParameters(request);
    const { tenant } = tenantry.scope();
    const contents =
      arsenal === null ? null : await panelContents(tenant, arsenal, originOf(request));
    const attacks = contents === null ? null : panel(contents);
    const scripts = ["home", ...(attacks === null ? [] : ["break-in"])];
    send(request, response, homeMain({ tenant: tenant.name, search, panel: attacks }), scripts);
  });
  routes.get("/members", (request, response) => {
    onlyParameters(request);
    send(request, response, membersMain, ["members"]);
  });
  routes.get("/denied", (request, response) => {
    send(request, response, deniedMain(tenantry.scope().tenant.name, account), []);
  });
  return routes;
}

/** The host was verified when the tenant was resolved. */
function originOf(request: Request): string {
  return `http://${request.headers.host ?? "localhost"}`;
}
