import { readFile } from "node:fs/promises";
import type { PostQuery } from "../graphql/load.js";
import { unusable } from "../problem.js";
import { routesOfHar } from "./har.js";
import { parseDocument } from "./openapi/document.js";
import { routesOfDocument } from "./openapi/operations.js";
import { parseRouteList } from "./route-list.js";
import { makesRecords } from "./makes-records.js";
import { nameOf, shapeOf, type Route } from "./route.js";

export interface RouteSources {
  /** A file, or a path or URL on the base URL's own origin. */
  readonly openapi?: string;
  /** A file of `METHOD /path` lines. */
  readonly routes?: string;
  /** The same lines, given at once. */
  readonly routeList?: readonly string[];
  readonly har?: string;
  /** The path of a GraphQL endpoint, as `/graphql`. */
  readonly graphql?: string;
  /** A file with its schema: SDL, or what introspection answered. Default: it is asked for. */
  readonly graphqlSchema?: string;
}

/** What the service itself is asked for. */
export interface Service {
  /** A document, by its path below the origin. */
  readonly download: (path: string) => Promise<string>;
  readonly query: PostQuery;
}

/** Routes of all sources, each once; the first that names it wins. @throws {TenantryError} `CONFIG_INVALID` */
export async function loadRoutes(
  sources: RouteSources,
  base: URL,
  ids: readonly string[],
  { download, query }: Service,
): Promise<readonly Route[]> {
  const { openapi, routes, routeList, har, graphql, graphqlSchema } = sources;
  if (graphql !== undefined) return graphqlRoutes(sources, graphql, query);
  if (graphqlSchema !== undefined)
    throw unusable("--graphql-schema is given without --graphql.", "Give the endpoint's path too.");
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
      "Give --openapi <file or URL>, --routes <file>, --har <file> or --graphql <path>.",
    );
  }
  const byName = new Map<string, Route>();
  for (const route of loaded) {
    if (!byName.has(shapeOf(route))) byName.set(shapeOf(route), route);
  }
  const kept = [...byName.values()];
  return kept
    .map((route) => ({ ...route, creates: makesRecords(route, kept) }))
    .sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1))
    .sort(byDepth);
}

/** By itself: what both an API and its GraphQL have may bear other ids in each. */
async function graphqlRoutes(
  { openapi, routes, routeList, har, graphqlSchema }: RouteSources,
  endpoint: string,
  query: PostQuery,
): Promise<readonly Route[]> {
  if ([openapi, routes, routeList, har].some((each) => each !== undefined))
    throw unusable("--graphql is given with other routes.", "Probe it in a run of its own.");
  const file =
    graphqlSchema === undefined
      ? null
      : { name: graphqlSchema, text: await fileText(graphqlSchema) };
  const { loadGraphql } = await import("../graphql/load.js");
  return loadGraphql(endpoint, file, query);
}

/** Collections before what is in them. */
function byDepth(a: Route, b: Route): number {
  return a.template.split("/").length - b.template.split("/").length;
}

async function documentText(
  from: string,
  base: URL,
  download: Service["download"],
): Promise<string> {
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
