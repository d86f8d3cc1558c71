import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import express from "express";
import {
  createMemoryRegistry,
  createTenantry,
  fromHost,
  fromSealedHeader,
  type ServiceOption,
  type TenantRegistry,
  type Tenantry,
  type TenantryEvent,
  type TenantryOptions,
} from "tenantry";
import { expressErrors, expressTenancy } from "tenantry/express";

const shared = {
  database: "postgres://nobody@127.0.0.1:1/nowhere",
  secret: "a secret of at least thirty-two bytes, for tests",
};

/** A request as a server saw it. */
export interface Seen {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

export interface Service {
  readonly origin: string;
  readonly seen: Seen[];
  close(): Promise<void>;
}

type Handler = (request: IncomingMessage, response: ServerResponse, body: string) => void;

/** A server of whoever; `/to?status=&url=` redirects there. */
export async function openStranger(handler: Handler = ends): Promise<Service> {
  const seen: Seen[] = [];
  const server = createServer((request, response) => {
    void read(request).then((body) => {
      const { method = "", url: path = "", headers } = request;
      seen.push({ method, path, headers, body });
      if (!redirects(path, response)) handler(request, response, body);
    });
  });
  return { ...(await listening(server)), seen };
}

const ends: Handler = (_request, response) => response.end("here");

/** A service with a Tenantry of its own, which reads sealed headers for its audience. */
export async function openService(audience: string, registry: TenantRegistry): Promise<Service> {
  const tenantry = createTenantry({
    ...shared,
    registry,
    resolve: [fromSealedHeader({ audience })],
    onEvent: () => undefined,
  });
  const seen: Seen[] = [];
  const app = express();
  app.use(expressTenancy(tenantry));
  app.use((request, response) => {
    void read(request).then((body) => {
      const { method, originalUrl: path, headers } = request;
      seen.push({ method, path, headers, body });
      if (redirects(path, response)) return;
      const { tenant, actor } = tenantry.scope();
      response.json({ audience, tenant: tenant.slug, actor, body });
    });
  });
  app.use(expressErrors(tenantry));
  const listens = await listening(createServer(app));
  return { ...listens, seen, close: () => listens.close().then(() => tenantry.close()) };
}

/** The caller: a Tenantry with two tenants. */
export async function openCaller(
  services: readonly ServiceOption[],
  options: Partial<TenantryOptions> = {},
): Promise<{ tenantry: Tenantry; events: TenantryEvent[] }> {
  const events: TenantryEvent[] = [];
  const tenantry = createTenantry({
    ...shared,
    resolve: [fromHost({ baseDomain: "example.com" })],
    registry: await openRegistry(),
    onEvent: (event) => events.push(event),
    services,
    ...options,
  });
  return { tenantry, events };
}

export async function openRegistry(): Promise<TenantRegistry> {
  const registry = createMemoryRegistry();
  for (const slug of ["acme", "globex"]) await registry.create({ slug, name: slug });
  return registry;
}

async function listening(
  server: ReturnType<typeof createServer>,
): Promise<{ origin: string; close: () => Promise<void> }> {
  await once(server.listen(0, "127.0.0.1"), "listening");
  const close = async () => {
    server.close().closeAllConnections();
    await once(server, "close");
  };
  return { origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close };
}

async function read(request: IncomingMessage): Promise<string> {
  let body = "";
  try {
    for await (const chunk of request.setEncoding("utf8")) body += String(chunk);
  } catch {
    // Aborted: what came is what was seen.
  }
  return body;
}

function redirects(path: string, response: ServerResponse): boolean {
  const { pathname, searchParams } = new URL(path, "http://host");
  if (pathname !== "/to") return false;
  response.writeHead(Number(searchParams.get("status") ?? 302), {
    location: searchParams.get("url")!,
  });
  response.end("moved");
  return true;
}

/** A path that redirects to `url`. */
export const to = (url: string, status = 302) =>
  `/to?${new URLSearchParams({ url, status: String(status) }).toString()}`;
