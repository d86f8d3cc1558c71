import { graphql } from "graphql";
import { Hono } from "hono";
import type { Parts } from "./app.js";
import { mutationsFor } from "./graphql-mutations.js";
import { queriesFor } from "./graphql-queries.js";
import { schema } from "./graphql-schema.js";

interface Question {
  readonly query: string;
  readonly variables?: Readonly<Record<string, unknown>>;
}

/** The same records by GraphQL, with the same bugs; single requests and batches. */
export function graphqlRoutes(parts: Parts): Hono {
  const routes = new Hono();
  routes.post("/", async (context) => {
    const asked = await context.req.json<Question | readonly Question[]>().catch(() => null);
    if (asked === null) return context.json({ errors: [{ message: "That is no JSON." }] }, 400);
    const queries = queriesFor(parts);
    const rootValue = { ...queries, ...mutationsFor(parts) };
    const answer = ({ query, variables }: Question) =>
      graphql({ schema, rootValue, source: query, variableValues: variables ?? {} });
    return context.json(
      Array.isArray(asked)
        ? await Promise.all((asked as readonly Question[]).map(answer))
        : await answer(asked as Question),
    );
  });
  return routes;
}
