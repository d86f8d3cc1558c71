import { looksLikeId } from "../things/id-shape.js";
import { unusable } from "../problem.js";
import { singular } from "../things/nouns.js";
import { isMethod } from "./route-list.js";
import { nameOf, type Route } from "./route.js";

interface HarEntry {
  readonly response?: { readonly status?: number };
  readonly request?: {
    readonly method?: string;
    readonly url?: string;
    readonly postData?: { readonly mimeType?: string; readonly text?: string };
  };
}

/**
 * Routes out of recorded traffic: segments that look like ids become parameters; bodies are kept to be
 * used again. What went to other hosts is passed over; headers and cookies are not read.
 * @param ids values known to be ids, whatever they look like
 * @throws {TenantryError} `CONFIG_INVALID`
 */
export function routesOfHar(
  text: string,
  from: string,
  base: URL,
  ids: readonly string[],
): readonly Route[] {
  const byName = new Map<string, Route>();
  for (const { request, response } of entriesOf(text, from)) {
    const method = request?.method?.toUpperCase() ?? "";
    const url =
      request?.url !== undefined && URL.canParse(request.url) ? new URL(request.url) : null;
    if (url === null || !isMethod(method) || !isSame(url, base)) continue;
    const route = {
      method,
      template: templateOf(pathBelow(url, base), ids),
      ...queryOf(url),
      path: {},
      body: bodyOf(request!),
      creates: method === "POST" && response?.status === 201,
      source: "har" as const,
    };
    const before = byName.get(nameOf(route));
    byName.set(nameOf(route), before === undefined ? route : merged(before, route));
  }
  const routes = [...byName.values()].filter(
    ({ template }) => !/\.(js|css|png|jpe?g|svg|woff2?|ico|map)$/.test(template),
  );
  if (routes.length > 0) return routes;
  throw unusable(
    `${from} holds no request to ${base.host}.`,
    "Record against the base URL that is probed.",
  );
}

function entriesOf(text: string, from: string): readonly HarEntry[] {
  try {
    const { log } = JSON.parse(text) as { log?: { entries?: readonly HarEntry[] } };
    const entries = log?.entries;
    if (entries !== undefined && Array.isArray(entries)) return entries as readonly HarEntry[];
  } catch {
    // Said below.
  }
  throw unusable(
    `${from} is no HAR file.`,
    "Save one in the network panel of a browser's developer tools.",
  );
}

/** Recorded at one tenant's host, replayed at another's: the port and the last labels must fit. */
function isSame(url: URL, base: URL): boolean {
  const tail = (host: string) => host.split(".").slice(-2).join(".");
  return (
    url.host === base.host || (url.port === base.port && tail(url.hostname) === tail(base.hostname))
  );
}

function pathBelow({ pathname }: URL, base: URL): string {
  const prefix = base.pathname.replace(/\/$/, "");
  return pathname.startsWith(`${prefix}/`) ? pathname.slice(prefix.length) : pathname;
}

export function templateOf(pathname: string, ids: readonly string[]): string {
  const used = new Set<string>();
  const segments = pathname.split("/").map((segment, index, all) => {
    const value = safely(segment);
    if (value === "" || !(looksLikeId(value) || ids.includes(value))) return segment;
    const noun = singular(all[index - 1] ?? "");
    const name = `${noun === "" || noun.includes("{") ? "item" : noun}Id`;
    const unique = used.has(name) ? `${name}${index}` : name;
    used.add(unique);
    return `{${unique}}`;
  });
  return segments.join("/");
}

function safely(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

function queryOf({ searchParams }: URL): Pick<Route, "fixedQuery" | "query"> {
  const names = [...new Set(searchParams.keys())];
  const fixed = [...searchParams].filter(
    ([, value]) => !looksLikeId(value) || /^\d{1,3}$/.test(value),
  );
  return {
    fixedQuery: new URLSearchParams(fixed).toString(),
    query: names.map((name) => ({ name, required: false, schema: { type: "string" } })),
  };
}

function bodyOf({ postData }: NonNullable<HarEntry["request"]>): Route["body"] {
  if (postData?.text === undefined) return null;
  const contentType = postData.mimeType ?? "application/json";
  try {
    return { contentType, schema: null, example: JSON.parse(postData.text) as unknown };
  } catch {
    return { contentType, schema: null };
  }
}

function merged(before: Route, route: Route): Route {
  const names = new Set(before.query.map(({ name }) => name));
  return {
    ...before,
    query: [...before.query, ...route.query.filter(({ name }) => !names.has(name))],
    body: before.body ?? route.body,
    creates: before.creates || route.creates,
  };
}
