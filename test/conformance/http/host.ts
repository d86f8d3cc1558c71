import type { Server } from "node:http";
import type { Application } from "./application.js";

/**
 * One way to serve HTTP with Tenantry. Each serves the same routes, in its own manner:
 *
 * | route | answers |
 * |---|---|
 * | GET /where | the tenant's slug; OPTIONS too, in `x-tenant` |
 * | GET /everywhere | JSON: the slug as seen after await, in timers and so on |
 * | POST /json | JSON: the slug after the body was parsed, and the number of items in it |
 * | POST /body | the slug as seen at the end of the body |
 * | POST /upload | JSON: the slugs seen while the parts of a multipart body came in |
 * | GET /stream | the slug five times, each piece made when it was asked for |
 * | GET /endless | the slug over and over until the client has gone, and notes that |
 * | GET /finish | `ok`, and notes where the response ended |
 * | GET, POST /slow | waits for the gate; notes how it began and ended |
 * | GET /throw, /reject, /broken-stream | fails with `secretText` |
 * | GET /teapot | throws what the framework means as a 4xx of the client's |
 * | GET /cached | a `Cache-Control` and a `Vary` of its own |
 * | GET /varied | a `Vary` of its own that names Authorization, too |
 * | GET /tagged | an ETag, and 304 where the client has it |
 * | GET /healthz, /public/page | central: what `scope()` says; the second with headers of its own |
 * | upgrade at /socket, /api/socket, /public/socket | for each WebSocket message what `scope()` says; notes how it began and ended |
 * | GET /projects, /projects/:id | rows |
 *
 * Where handlers do not reach node's own request and response, `/body`, `/finish` and `/slow` look at
 * the same moments through streams.
 */
export interface HttpHost {
  readonly name: string;
  /** A server that is not listening yet, and lets requests without a Host through. */
  serve(application: Application): Server | Promise<Server>;
}

export const nodeOptions = { requireHostHeader: false } as const;

export const etag = '"one"';
