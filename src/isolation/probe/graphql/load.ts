import {
  buildClientSchema,
  buildSchema,
  getIntrospectionQuery,
  type GraphQLSchema,
  type IntrospectionQuery,
} from "graphql";
import { impossible, unusable } from "../problem.js";
import type { Route } from "../routes/route.js";
import { routesOfSchema } from "./routes.js";

/** Sends a query to a path of the service; gives what was answered. */
export type PostQuery = (
  endpoint: string,
  query: string,
) => Promise<{ readonly status: number; readonly text: string }>;

/**
 * The routes of the endpoint. The schema is taken from the file where there is one (SDL, or what introspection
 * answered), and asked for otherwise.
 * @throws {TenantryError} `CONFIG_INVALID` or `PROOF_IMPOSSIBLE`
 */
export async function loadGraphql(
  endpoint: string,
  file: { readonly name: string; readonly text: string } | null,
  post: PostQuery,
): Promise<readonly Route[]> {
  if (!endpoint.startsWith("/")) {
    throw unusable(`--graphql is ${JSON.stringify(endpoint)}.`, "Give its path, as /graphql.");
  }
  const schema =
    file === null ? await introspected(endpoint, post) : schemaIn(file.text, file.name);
  return routesOfSchema(schema, endpoint);
}

async function introspected(endpoint: string, post: PostQuery): Promise<GraphQLSchema> {
  const { status, text } = await post(endpoint, getIntrospectionQuery());
  const data = introspectionIn(text);
  if (data !== null) return schemaOf(data, endpoint);
  throw impossible(
    `${endpoint} answered ${status} to introspection, and no schema.`,
    "Give the schema with --graphql-schema, or allow introspection where you probe.",
  );
}

function schemaIn(text: string, name: string): GraphQLSchema {
  if (/^\s*\{\s*"/.test(text)) {
    const data = introspectionIn(text);
    if (data !== null) return schemaOf(data, name);
    throw unusable(`${name} is no answer to an introspection.`, "Give that, or SDL.");
  }
  try {
    return buildSchema(text, { assumeValidSDL: true });
  } catch (error) {
    throw unusable(`${name} is no GraphQL schema: ${(error as Error).message}.`, "Check it.");
  }
}

/** With `data` around it or without. */
function introspectionIn(text: string): IntrospectionQuery | null {
  try {
    const value = JSON.parse(text) as { data?: IntrospectionQuery } & IntrospectionQuery;
    const data = value.data ?? value;
    return data.__schema === undefined ? null : data;
  } catch {
    return null;
  }
}

function schemaOf(data: IntrospectionQuery, from: string): GraphQLSchema {
  try {
    return buildClientSchema(data, { assumeValid: true });
  } catch (error) {
    throw unusable(
      `The schema of ${from} cannot be used: ${(error as Error).message}.`,
      "Check it.",
    );
  }
}
