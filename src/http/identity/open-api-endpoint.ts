import { z } from "zod";
import type { Endpoint } from "./contract.js";
import { endpoint } from "./endpoint.js";
import { openApiOf } from "./open-api.js";

/** @param all is asked late: this is one of them */
export function openApiEndpoint(all: () => readonly Endpoint[]): Endpoint {
  return endpoint({
    ...{ method: "GET", path: "/auth/openapi.json", audience: "auth-host" },
    authentication: "none",
    summary: "This description.",
    answer: { status: 200, schema: z.looseObject({ openapi: z.string() }) },
    handle: ({ identity }) => ({
      status: 200,
      body: openApiOf(all(), identity.issuer.origin),
      headers: { "cache-control": "public, max-age=300" },
    }),
  });
}
