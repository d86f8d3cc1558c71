import { unusable } from "../problem.js";
import { methods, type Method, type Route } from "./route.js";

/**
 * Lines of `METHOD /path/{id}?limit=100`; `:id` does as well. Empty lines and those that begin with # are
 * passed over.
 * @throws {TenantryError} `CONFIG_INVALID`
 */
export function parseRouteList(text: string, from: string): readonly Route[] {
  const routes = text.split(/\r?\n/).flatMap((line, index) => {
    const trimmed = line.trim();
    return trimmed === "" || trimmed.startsWith("#")
      ? []
      : [parseLine(trimmed, `${from}, line ${index + 1}`)];
  });
  if (routes.length > 0) return routes;
  throw unusable(`${from} names no route.`, "Write one a line, as GET /projects/{id}.");
}

function parseLine(line: string, place: string): Route {
  const [, method = "", target = ""] = /^([A-Za-z]+)\s+(\/\S*)$/.exec(line) ?? [];
  const upper = method.toUpperCase();
  if (!isMethod(upper)) {
    throw unusable(
      `${place}: ${JSON.stringify(line)} is no route.`,
      `Write it as GET /projects/{id}; methods are ${methods.join(", ")}.`,
    );
  }
  const [path = "", query = ""] = target.split("?", 2);
  return {
    method: upper,
    template: path.replace(/(?<=\/):([A-Za-z_]\w*)/g, "{$1}"),
    fixedQuery: query,
    query: [...new URLSearchParams(query).keys()].map((name) => ({
      name,
      required: false,
      schema: { type: "string" },
    })),
    path: {},
    body: ["POST", "PUT", "PATCH"].includes(upper)
      ? { contentType: "application/json", schema: null }
      : null,
    creates: false,
    source: "list",
  };
}

export function isMethod(text: string): text is Method {
  return methods.some((method) => method === text);
}
