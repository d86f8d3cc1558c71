import { graphqlRequest } from "../graphql/request.js";
import { fill, type Route } from "../routes/route.js";
import type { Outgoing } from "./message.js";

export interface RequestParts {
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** Put into the path as they are, already encoded. */
  readonly raw?: boolean;
  readonly method?: string;
}

/** The request of a route with these values in its path. */
export function requestFor(
  route: Route,
  values: Readonly<Record<string, string>>,
  parts: RequestParts = {},
): Outgoing {
  if (route.graphql !== undefined) return graphqlRequest(route.graphql, values, parts);
  const query = new URLSearchParams(route.fixedQuery);
  for (const [name, value] of Object.entries(parts.query ?? {})) query.set(name, value);
  const text = query.toString();
  const body = bodyText(route, parts.body);
  const headers = {
    ...(body === undefined ? {} : { "content-type": typeOf(route) }),
    ...parts.headers,
  };
  return {
    method: parts.method ?? route.method,
    path: fill(route.template, values, parts.raw) + (text === "" ? "" : `?${text}`),
    headers,
    ...(body === undefined ? {} : { body }),
  };
}

function typeOf({ body }: Route): string {
  const type = body?.contentType ?? "application/json";
  return /json|x-www-form-urlencoded/i.test(type) ? type : "application/json";
}

function bodyText(route: Route, body: unknown): string | undefined {
  if (body === undefined) return undefined;
  if (!/x-www-form-urlencoded/i.test(typeOf(route))) return JSON.stringify(body);
  const entries = Object.entries(body as object).map(([name, value]) => [
    name,
    typeof value === "object" ? JSON.stringify(value) : String(value),
  ]);
  return new URLSearchParams(entries).toString();
}
