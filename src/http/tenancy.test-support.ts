import { once } from "node:events";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { currentScope } from "../core/context.js";
import { createRequestResolver } from "../resolver/resolve-request.js";
import { fromHost } from "../resolver/host/from-host.js";
import { keys, lookup, recorder } from "../resolver/resolver.test-support.js";
import { isTenantryError } from "../core/tenantry-error.js";
import type { TenantryEvent } from "../core/event.js";
import type { RequestTenancy } from "./decide.js";

export interface TestTenancy extends RequestTenancy {
  readonly told: TenantryEvent[];
}

/** The tenants of resolver.test-support.ts under example.com; `/healthz` and `/public/*` central. */
export function tenancy(trustedProxies: readonly string[] = []): TestTenancy {
  const { events: told, sink } = recorder();
  const resolver = createRequestResolver({
    resolvers: [fromHost({ baseDomain: "example.com" })],
    lookup: lookup(),
    keys,
    trustedProxies,
    events: sink,
    central: ["/healthz", "/public/*"],
  });
  return { resolver, events: sink, told };
}

/** The slug of the active tenant, or the code of the error that there is none. */
export function here(): string {
  try {
    return currentScope().tenant.slug;
  } catch (error) {
    return isTenantryError(error) ? error.code : "crashed";
  }
}

export interface Listening {
  readonly server: Server;
  readonly port: number;
  close(): Promise<void>;
}

/** Serves on loopback. */
export async function listen(listener: RequestListener): Promise<Listening> {
  const server = createServer(listener);
  await once(server.listen(0, "127.0.0.1"), "listening");
  const close = async (): Promise<void> => {
    server.close().closeAllConnections();
    await once(server, "close");
  };
  return { server, port: (server.address() as AddressInfo).port, close };
}
