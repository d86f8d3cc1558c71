import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import {
  identityListener,
  type IdentityNodeListener,
  type IdentityOptions,
} from "tenantry/identity";
import type { TestServer } from "../../support/servers.js";
import { openIdentitySite, type IdentitySite } from "./identity-site.js";

/** Identity on a real server of this machine: the auth host and tenants, all on one port. */
export interface LocalhostSite {
  readonly site: IdentitySite;
  /** `http://auth.localhost:PORT`, unless another host was asked for. */
  readonly issuer: string;
  /** `http://SLUG.app.localhost:PORT`, whether or not there is such a tenant. */
  readonly originOf: (slug: string) => string;
  readonly port: number;
  close(): Promise<void>;
}

/** What is served beside identity. */
export type Page = (request: IncomingMessage, response: ServerResponse) => void;

export async function openLocalhostSite(
  server: TestServer,
  page: Page = (_, response) => response.writeHead(404).end(),
  authHost = "auth.localhost",
  grants: IdentityOptions["grants"] = {},
): Promise<LocalhostSite> {
  const listeners: IdentityNodeListener[] = [];
  const http = createServer((request, response) =>
    listeners[0]!(request, response, () => page(request, response)),
  );
  const port = await listen(http);
  const issuer = `http://${authHost}:${port}`;
  const baseDomain = "app.localhost";
  const identity = { issuer, hosts: { baseDomain }, grants };
  const site = await openIdentitySite(server, { baseDomain, identity });
  listeners.push(identityListener(site.handler));
  return {
    ...{ site, issuer, port },
    originOf: (slug) => `http://${slug}.${baseDomain}:${port}`,
    async close() {
      http.closeAllConnections();
      await new Promise((resolve) => http.close(resolve));
      await site.close();
    },
  };
}

async function listen(http: Server): Promise<number> {
  await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
  return (http.address() as AddressInfo).port;
}
