import { z } from "zod";
import type { Endpoint } from "./contract.js";

/** OpenAPI 3.1 of the endpoints, by the schemas that they validate with. */
export function openApiOf(endpoints: readonly Endpoint[], issuer: string): object {
  const paths: Record<string, Record<string, object>> = {};
  for (const each of endpoints) {
    const operations = (paths[each.path] ??= {});
    operations[each.method.toLowerCase()] = operationOf(each);
  }
  return {
    openapi: "3.1.0",
    info: { title: "Identity", version: "1" },
    servers: [{ url: issuer }],
    components: {
      securitySchemes: {
        session: { type: "apiKey", in: "cookie", name: "__Host-tenantry-session" },
        member: { type: "http", scheme: "bearer", bearerFormat: "JWT" },
        key: { type: "http", scheme: "bearer" },
      },
      schemas: {
        Error: jsonSchema(
          z.object({
            error: z.object({ code: z.string(), title: z.string() }),
            problems: z.array(z.string()).optional(),
          }),
        ),
        OAuthError: jsonSchema(z.object({ error: z.string() })),
      },
    },
    paths,
  };
}

const hosts = {
  "auth-host": "On the auth host.",
  "tenant-host": "On a tenant's host.",
  "any-host": "On the auth host and on tenants' hosts.",
};

function operationOf(one: Endpoint): object {
  const { summary, audience, authentication, answer, body, oauthErrors = false } = one;
  const parameters = [...pathParameters(one), ...queryParameters(one)];
  const status = String(answer?.status ?? 200);
  const error = oauthErrors ? "OAuthError" : "Error";
  return {
    summary,
    description: hosts[audience],
    ...(authentication === "none" ? {} : { security: [{ [authentication]: [] }] }),
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(body === undefined
      ? {}
      : {
          requestBody: {
            required: true,
            content: {
              [body.format === "json" ? "application/json" : "application/x-www-form-urlencoded"]: {
                schema: jsonSchema(body.described ?? body.schema),
              },
            },
          },
        }),
    responses: {
      [status]: {
        description: summary,
        ...(answer?.schema === undefined
          ? {}
          : { content: { "application/json": { schema: jsonSchema(answer.schema) } } }),
      },
      default: {
        description: "Refused.",
        content: { "application/json": { schema: { $ref: `#/components/schemas/${error}` } } },
      },
    },
  };
}

function pathParameters({ path }: Endpoint): readonly object[] {
  if (!path.includes("{id}")) return [];
  return [{ name: "id", in: "path", required: true, schema: { type: "string" } }];
}

function queryParameters({ query }: Endpoint): readonly object[] {
  if (query === undefined) return [];
  const { properties = {}, required = [] } = jsonSchema(query) as {
    readonly properties?: Readonly<Record<string, object>>;
    readonly required?: readonly string[];
  };
  return Object.entries(properties).map(([name, schema]) => ({
    ...{ name, in: "query", required: required.includes(name), schema },
  }));
}

function jsonSchema(schema: z.ZodType): object {
  const all = Object.entries(z.toJSONSchema(schema, { io: "input" }));
  return Object.fromEntries(all.filter(([name]) => name !== "$schema" && name !== "~standard"));
}
