import { readFile } from "node:fs/promises";
import { unusable } from "../problem.js";
import { routesOfHar } from "./har.js";
import { parseDocument } from "./openapi/document.js";
import { routesOfDocument } from "./openapi/operations.js";
import { parseRouteList } from "./route-list.js";
import { nameOf, type Route } from "./route.js";

export interface RouteSources {
  /** A file, or a path or URL on the base URL's own origin. */
  readonly openapi?: string;
  /** A file of `METHOD /path` lines. */
  readonly routes?: string;
  /** The same lines, given at once. */
  readonly routeList?: readonly string[];
  readonly har?: string;
}

/** Gets a document from the service itself. */
type Download = (path: string) => Promise<string>;

/** Routes of all sources, each once; the first that names it wins. @throws {TenantryError} `CONFIG_INVALID` */
export async function loadRoutes(
  sources: RouteSources,
  base: URL,
  ids: readonly string[],
  download: Download,
): Promise<readonly Route[]> {
  const { openapi, routes, routeList, har } = sources;
  const loaded = [
    ...(openapi === undefined
      ? []
      : routesOfDocument(
          parseDocument(await documentText(openapi, base, download), openapi),
          base.pathname,
          openapi,
        )),
    ...(routes === undefined ? [] : parseRouteList(await fileText(routes), routes)),
    ...(routeList === undefined ? [] : parseRouteList(routeList.join("\n"), "the list of routes")),
    ...(har === undefined ? [] : routesOfHar(await fileText(har), har, base, ids)),
  ];
  if (loaded.length === 0) {
    throw unusable(
      "No route was named.",
      "Give --openapi <file or URL>, --routes <file> or --har <file>.",
    );
  }
  const byName = new Map<string, Route>();
  for (const route of loaded) {
    const shape = `${route.method} ${route.template.replace(/\{[^}]*\}/g, "{}")}`;
    if (!byName.has(shape)) byName.set(shape, route);
  }
  return [...byName.values()].sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1)).sort(byDepth);
}

/** Collections before what is in them. */
function byDepth(a: Route, b: Route): number {
  return a.template.split("/").length - b.template.split("/").length;
}

async function documentText(from: string, base: URL, download: Download): Promise<string> {
  if (!/^https?:/.test(from)) return fileText(from);
  const url = URL.canParse(from) ? new URL(from) : null;
  if (url === null || url.origin !== base.origin) {
    throw unusable(
      `${from} is not on the origin ${base.origin}.`,
      "Download the document and give the file.",
    );
  }
  return download(url.pathname + url.search);
}

async function fileText(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    throw unusable(`${file} cannot be read: ${(error as Error).message}.`, "Check its name.");
  }
}
