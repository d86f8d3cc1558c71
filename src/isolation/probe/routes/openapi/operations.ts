import type { Schema } from "../../bodies/schema.js";
import { unusable } from "../../problem.js";
import { isMethod } from "../route-list.js";
import type { Route, RouteBody } from "../route.js";
import {
  isObject,
  listOf,
  resolveReferences,
  stringOf,
  type Json,
  type JsonObject,
} from "./document.js";

/** All operations of a document. `basePath` is the base URL's own: servers that repeat it add nothing. */
export function routesOfDocument(
  document: JsonObject,
  basePath: string,
  from: string,
): readonly Route[] {
  const paths = isObject(document["paths"]) ? document["paths"] : {};
  const prefix = serverPath(document, basePath);
  const routes = Object.entries(paths).flatMap(([path, item]) => {
    const operations = isObject(item) ? item : {};
    return Object.entries(operations).flatMap(([verb, operation]) => {
      const method = verb.toUpperCase();
      if (!isMethod(method) || !isObject(operation)) return [];
      const responses = operation["responses"];
      const inherited = [...listOf(operations["parameters"]), ...listOf(operation["parameters"])];
      const parameters = inherited
        .map((each) => resolveReferences(each, document))
        .filter(isObject);
      return [
        {
          method,
          template: prefix + path,
          fixedQuery: "",
          ...parts(parameters),
          body: bodyOf(operation, document),
          creates: method === "POST" && isObject(responses) && responses["201"] !== undefined,
          source: "openapi" as const,
        },
      ];
    });
  });
  if (routes.length > 0) return routes;
  throw unusable(`${from} describes no operation.`, "Check its paths.");
}

/** The path of the first server, where the base URL does not end in it already. */
function serverPath(document: JsonObject, basePath: string): string {
  const [server] = listOf(document["servers"]);
  const url = isObject(server) ? stringOf(server["url"]) : "";
  const path = url.startsWith("/") ? url : URL.canParse(url) ? new URL(url).pathname : "";
  const plain = path.replace(/\/$/, "");
  return plain.includes("{") || basePath.replace(/\/$/, "").endsWith(plain) ? "" : plain;
}

function parts(parameters: readonly JsonObject[]): Pick<Route, "query" | "path"> {
  const inside = (place: string) => parameters.filter((each) => each["in"] === place);
  return {
    query: inside("query").map((each) => ({
      name: stringOf(each["name"]),
      required: each["required"] === true,
      schema: schemaOf(each),
    })),
    path: Object.fromEntries(
      inside("path").map((each) => [stringOf(each["name"]), schemaOf(each)]),
    ),
  };
}

function schemaOf(holder: JsonObject): Schema {
  const schema = isObject(holder["schema"]) ? holder["schema"] : {};
  return holder["example"] === undefined ? schema : { ...schema, example: holder["example"] };
}

function bodyOf(operation: JsonObject, document: JsonObject): RouteBody | null {
  const body = resolveReferences(operation["requestBody"], document);
  const content = isObject(body) && isObject(body["content"]) ? body["content"] : {};
  const types = Object.keys(content);
  const type =
    types.find((each) => /json/i.test(each)) ??
    types.find((each) => /x-www-form-urlencoded/i.test(each)) ??
    types[0];
  const media = type === undefined ? undefined : content[type];
  if (type === undefined || !isObject(media)) return null;
  const example = media["example"] ?? firstExample(media["examples"]);
  const schema = isObject(media["schema"]) ? (media["schema"] as Schema) : null;
  return { contentType: type, schema, ...(example === undefined ? {} : { example }) };
}

function firstExample(examples: Json | undefined): Json | undefined {
  const [first] = isObject(examples) ? Object.values(examples) : [];
  return isObject(first) ? first["value"] : undefined;
}
