import type { Schema } from "../bodies/schema.js";
import type { GraphqlOperation } from "../graphql/operation.js";

export const methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"] as const;
export type Method = (typeof methods)[number];

export interface QueryParameter {
  readonly name: string;
  readonly required: boolean;
  readonly schema: Schema;
}

export interface RouteBody {
  readonly contentType: string;
  readonly schema: Schema | null;
  /** A body that is known to be taken: from an example or from recorded traffic. */
  readonly example?: unknown;
}

export interface Route {
  readonly method: Method;
  /** As `/projects/{id}`. */
  readonly template: string;
  /** Sent with every request, as `limit=100`; empty where there is none. */
  readonly fixedQuery: string;
  readonly query: readonly QueryParameter[];
  /** The schemas of the path's parameters, by name, where they are known. */
  readonly path: Readonly<Record<string, Schema>>;
  readonly body: RouteBody | null;
  /** A POST that makes a new record, and changes none that is there. */
  readonly creates: boolean;
  /** Where it stands for a root field of a GraphQL schema: method and template are then what they would be. */
  readonly graphql?: GraphqlOperation;
  /** `found` is in no description: the probe came upon it. */
  readonly source: "openapi" | "list" | "har" | "graphql" | "found";
}

/** As `GET /projects/{id}`, or `query project`. */
export function nameOf(route: Pick<Route, "method" | "template" | "graphql">): string {
  return route.graphql?.title ?? `${route.method} ${route.template}`;
}

/** Routes of one shape are one: the names of parameters do not matter. */
export function shapeOf(route: Pick<Route, "method" | "template" | "graphql">): string {
  return nameOf(route).replace(/\{[^}]*\}/g, "{}");
}

export function parametersOf(template: string): readonly string[] {
  return [...template.matchAll(/\{([^{}]+)\}/g)].map(([, name]) => name!);
}

export function isWrite({ method }: Pick<Route, "method">): boolean {
  return method !== "GET" && method !== "HEAD";
}

/** Puts values in; each is encoded unless `raw` says otherwise. */
export function fill(
  template: string,
  values: Readonly<Record<string, string>>,
  raw = false,
): string {
  return template.replace(/\{([^{}]+)\}/g, (_, name: string) => {
    const value = values[name] ?? "";
    return raw ? value : encodeURIComponent(value);
  });
}

/** A template's last parameter stands for what the route is about; null where there is none. */
export function targetOf(template: string): string | null {
  return parametersOf(template).at(-1) ?? null;
}

/** Whether the path ends in its target, as `/projects/{id}` and not `/projects/{id}/tasks`. */
export function isItem(template: string): boolean {
  return /\{[^{}]+\}[^/{}]*\/?$/.test(template);
}

/** The path above the target: `/projects/{id}` → `/projects`. */
export function collectionOf(template: string): string {
  return isItem(template) ? template.replace(/\/[^/]*\/?$/, "") || "/" : template;
}
