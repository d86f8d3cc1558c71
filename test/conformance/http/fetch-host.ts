import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { Readable } from "node:stream";
import { createFetchHandler, notFound } from "../../../src/http/index.js";
import {
  brokenPieces,
  everywhere,
  failWithSecret,
  here,
  note,
  pause,
  pieces,
  project,
  projects,
  pulled,
  untilClosed,
  type Application,
} from "./application.js";
import { echoScope } from "./echo-scope.js";
import { etag, nodeOptions, type HttpHost } from "./host.js";

type Route = (request: Request, url: URL) => Response | Promise<Response>;

export const fetchHost: HttpHost = {
  name: "a bare Fetch handler on node:http",
  serve(application) {
    const routes: Readonly<Record<string, Route>> = {
      ...bodies(application),
      ...streams(application),
      ...failures(),
      ...headers(application),
      "/where": ({ method }) =>
        method === "OPTIONS"
          ? new Response(null, { status: 204, headers: { "x-tenant": here(application) } })
          : new Response(here(application)),
      "/api/where": () => new Response(here(application)),
      "/everywhere": async () => Response.json(await everywhere(application)),
      "/projects": async () => Response.json(await projects(application)),
    };
    const handle = createFetchHandler(
      application.tenantry,
      async (request, _message: IncomingMessage) => {
        const url = new URL(request.url);
        const route = routes[url.pathname];
        if (route !== undefined) return route(request, url);
        const [, id] = /^\/projects\/([^/]+)$/.exec(url.pathname) ?? [];
        const found = id === undefined ? undefined : await project(application, id);
        if (found === undefined) throw notFound();
        return Response.json(found);
      },
      { message: (_request, message) => message },
    );
    return createServer(nodeOptions, (incoming, outgoing) => {
      void answer(handle, incoming, outgoing);
    }).on("upgrade", echoScope(application));
  },
};

/** The least that a host must do. What it cannot make a URL of goes to the handler all the same. */
async function answer(
  handle: (request: Request, message: IncomingMessage) => Promise<Response>,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): Promise<void> {
  const response = await handle(requestOf(incoming), incoming);
  if (outgoing.destroyed) return void response.body?.cancel();
  outgoing.writeHead(response.status, [...response.headers].flat());
  const reader = response.body?.getReader();
  outgoing.on("close", () => void reader?.cancel().catch(() => undefined));
  try {
    for (;;) {
      const { done, value } = (await reader?.read()) ?? { done: true };
      if (done) break;
      if (!outgoing.write(value)) await once(outgoing, "drain");
    }
    outgoing.end();
  } catch (error) {
    outgoing.write(String(error), () => outgoing.destroy());
  }
}

function requestOf(incoming: IncomingMessage): Request {
  const hasBody = incoming.method !== "GET" && incoming.method !== "HEAD";
  const init = {
    method: incoming.method ?? "GET",
    headers: Object.entries(incoming.headers).map(([name, value]) => [name, String(value)]),
    ...(hasBody ? { body: Readable.toWeb(incoming) as ReadableStream, duplex: "half" } : {}),
  } as RequestInit;
  try {
    return new Request(`http://${incoming.headers.host ?? ""}${incoming.url ?? ""}`, init);
  } catch {
    return new Request("http://invalid.invalid/", init);
  }
}

function bodies(application: Application): Record<string, Route> {
  const slugsWhileReading = async (request: Request): Promise<string[]> => {
    const seen = new Set<string>();
    const reader = request.body!.getReader();
    while (!(await reader.read()).done) seen.add(here(application));
    return [...seen.add(here(application))];
  };
  return {
    "/json": async (request) => {
      const { items } = (await request.json()) as { items: unknown[] };
      return Response.json({ tenant: here(application), items: items.length });
    },
    "/body": async (request) => new Response((await slugsWhileReading(request)).join()),
    "/upload": async (request) => Response.json(await slugsWhileReading(request)),
  };
}

function streams(application: Application): Record<string, Route> {
  return {
    "/stream": () => new Response(pulled(pieces(application))),
    "/endless": (_request, url) =>
      new Response(pulled(untilClosed(application, url.searchParams.get("id")))),
    "/finish": (_request, url) => {
      const id = url.searchParams.get("id");
      async function* ending(): AsyncGenerator<Buffer> {
        yield Buffer.from("ok");
        await pause(1);
        note(application, id, "finish");
        note(application, id, "close");
      }
      return new Response(pulled(ending()));
    },
    "/slow": async (_request, url) => {
      const id = url.searchParams.get("id");
      note(application, id, "begin");
      await application.gate;
      note(application, id, "end");
      const cancel = () => note(application, id, "close");
      const source = new TextEncoder().encode("done");
      const start = (controller: ReadableStreamDefaultController<Uint8Array>) => {
        controller.enqueue(source);
        controller.close();
      };
      return new Response(new ReadableStream<Uint8Array>({ start, cancel }));
    },
  };
}

function failures(): Record<string, Route> {
  return {
    "/throw": () => failWithSecret(),
    "/reject": async () => {
      await Promise.resolve();
      return failWithSecret();
    },
    "/broken-stream": () => new Response(pulled(brokenPieces())),
    "/teapot": () => new Response("no coffee", { status: 418 }),
  };
}

function headers(application: Application): Record<string, Route> {
  const own = { "Cache-Control": "public, max-age=60", Vary: "Accept-Encoding" };
  return {
    "/cached": () => new Response("cached", { headers: own }),
    "/varied": () =>
      new Response("varied", { headers: { Vary: "Accept, AUTHORIZATION", "Set-Cookie": "a=1" } }),
    "/tagged": (request) =>
      request.headers.get("if-none-match") === etag
        ? new Response(null, { status: 304, headers: { ETag: etag } })
        : new Response("tagged", { headers: { ETag: etag } }),
    "/healthz": () => new Response(here(application)),
    "/public/page": () => new Response(here(application), { headers: { Vary: "Accept" } }),
  };
}
