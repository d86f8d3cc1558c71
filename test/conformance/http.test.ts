import { describe } from "vitest";
import { describeOnServers } from "../support/servers.js";
import { httpConformance, httpRowConformance } from "./http.js";
import { expressHost } from "./http/express-host.js";
import { fastifyHost } from "./http/fastify-host.js";
import { fetchHost } from "./http/fetch-host.js";
import { honoHost } from "./http/hono-host.js";

// @hono/node-server replaces the global Request and Response, so it comes last.
for (const host of [fetchHost, expressHost, fastifyHost, honoHost]) {
  describe(host.name, () => httpConformance(host));
  describeOnServers(`rows through ${host.name}`, (server) => httpRowConformance(host, server));
}
