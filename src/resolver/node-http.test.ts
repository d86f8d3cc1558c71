import { once } from "node:events";
import { createServer, type IncomingMessage, type Server } from "node:http";
import http2 from "node:http2";
import { connect, type AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { isTenantryError } from "../core/tenantry-error.js";
import type { IncomingRequest } from "./contract.js";
import { fromHost } from "./host/from-host.js";
import { keys, lookup } from "./resolver.test-support.js";
import { createRequestResolver, type RequestResolver } from "./resolve-request.js";

/** What `node:http` and `node:http2` really deliver, taken raw: no `headers`, which merges lines. */
function fromNode(message: Pick<IncomingMessage, "method" | "url" | "rawHeaders" | "socket">) {
  const { rawHeaders } = message;
  const headers = rawHeaders.flatMap((name, index) =>
    index % 2 === 0 ? [[name, rawHeaders[index + 1]!] as const] : [],
  );
  return {
    method: message.method ?? "",
    target: message.url ?? "",
    headers,
    remoteAddress: message.socket.remoteAddress ?? null,
  } satisfies IncomingRequest;
}

async function answer(resolver: RequestResolver, request: IncomingRequest): Promise<string> {
  try {
    const resolution = await resolver.resolve(request);
    return resolution.kind === "tenant" ? resolution.scope.tenant.slug : resolution.route;
  } catch (error) {
    return isTenantryError(error) ? error.code : "crashed";
  }
}

const setUp = (trustedProxies: readonly string[]) =>
  createRequestResolver({
    resolvers: [fromHost({ baseDomain: "example.com" })],
    lookup: lookup(),
    keys,
    trustedProxies,
    events: () => {},
    central: ["/healthz"],
  });

async function listen(resolver: RequestResolver): Promise<Server> {
  const server = createServer((message, response) => {
    response.setHeader("connection", "close");
    void answer(resolver, fromNode(message)).then((text) => response.end(text));
  });
  // Dual-stack, so that the peer's address is IPv4-mapped as it is in many deployments.
  await once(server.listen(0, "::"), "listening");
  return server;
}

/** Sends bytes as they are; gives the body, or the status of what Node itself refuses. */
async function send(server: Server, text: string): Promise<string> {
  const socket = connect((server.address() as AddressInfo).port, "127.0.0.1");
  let received = "";
  socket.setEncoding("latin1").on("data", (chunk: string) => (received += chunk));
  socket.write(Buffer.from(text, "latin1"));
  await once(socket, "close");
  const [head = "", body = ""] = received.split("\r\n\r\n", 2);
  if (!head.startsWith("HTTP/1.1 200")) return head.slice(9, 12);
  return /transfer-encoding: chunked/i.test(head) ? body.split("\r\n")[1]! : body;
}

const get = (...lines: readonly string[]) => `GET / HTTP/1.1\r\n${lines.join("\r\n")}\r\n\r\n`;
const getTarget = (target: string) => `GET ${target} HTTP/1.1\r\nHost: acme.example.com\r\n\r\n`;

let plain: Server;
let proxied: Server;

beforeAll(async () => {
  [plain, proxied] = await Promise.all([listen(setUp([])), listen(setUp(["127.0.0.0/8"]))]);
});
afterAll(() => {
  plain.close();
  proxied.close();
});

describe("over a real socket", () => {
  it.each([
    ["a plain Host", get("Host: acme.example.com"), "acme"],
    ["a Host with port, capitals and a dot", get("HOST:  ACME.Example.com.:80 "), "acme"],
    ["an absolute-form target that agrees", getTarget("http://acme.example.com/x"), "acme"],
    ["a central route without a host", "GET /healthz HTTP/1.0\r\n\r\n", "/healthz"],
    ["OPTIONS *", "OPTIONS * HTTP/1.1\r\nHost: acme.example.com\r\n\r\n", "acme"],
  ])("%s is served", async (_, text, expected) => {
    expect(await send(plain, text)).toBe(expected);
  });

  it.each([
    ["two Hosts", get("Host: acme.example.com", "Host: globex.example.com")],
    ["two equal Hosts", get("Host: acme.example.com", "Host: acme.example.com")],
    ["an absolute-form target of another host", getTarget("http://globex.example.com/")],
    [
      "an absolute-form target with userinfo",
      getTarget("http://acme.example.com@globex.example.com/"),
    ],
    ["an absolute-form target of another scheme", getTarget("ftp://acme.example.com/")],
    ["userinfo", get("Host: a@acme.example.com")],
    ["a list", get("Host: acme.example.com, globex.example.com")],
    ["a fragment", get("Host: acme.example.com#.globex.example.com")],
    ["a percent-encoded letter", get("Host: %61cme.example.com")],
    ["two trailing dots", get("Host: acme.example.com..")],
    ["an empty Host", get("Host:")],
    [
      "an empty Host and an absolute-form target",
      "GET http://acme.example.com/ HTTP/1.1\r\nHost:\r\n\r\n",
    ],
    ["HTTP/1.0 without a Host", "GET / HTTP/1.0\r\n\r\n"],
    ["HTTP/1.0 without a Host, absolute-form", "GET http://acme.example.com/ HTTP/1.0\r\n\r\n"],
    ["a tab inside", get("Host: acme.\texample.com")],
    ["a byte above ASCII", get("Host: acm\xe9.example.com")],
    ["an address", get("Host: 127.0.0.1")],
    ["an IPv6 address", get("Host: [::1]:80")],
    ["an unknown tenant", get("Host: none.example.com")],
    ["X-Forwarded-Host alone", "GET / HTTP/1.0\r\nX-Forwarded-Host: acme.example.com\r\n\r\n"],
  ])("%s is refused", async (_, text) => {
    expect(await send(plain, text)).toBe("TENANT_UNRESOLVED");
  });

  it.each([
    ["no Host in HTTP/1.1", "GET / HTTP/1.1\r\n\r\n"],
    ["a folded Host", get("Host: acme.example.com", " .globex.example.com")],
    ["a space before the colon", get("Host : acme.example.com")],
    [":authority in HTTP/1.1", get("Host: acme.example.com", ":authority: globex.example.com")],
    ["a NUL", get("Host: acme\0.example.com")],
    ["a backslash in the target's authority", getTarget("http://acme.example.com\\@b/")],
  ])("%s does not even get past Node", async (_, text) => {
    expect(await send(plain, text)).toBe("400");
  });

  it("X-Forwarded-Host counts from a trusted proxy only, and only once", async () => {
    const host = "Host: acme.example.com";
    const forwarded = "X-Forwarded-Host: globex.example.com";
    expect(await send(plain, get(host, forwarded))).toBe("acme");
    expect(await send(plain, get(host, forwarded, forwarded))).toBe("acme");
    expect(await send(proxied, get(host, forwarded))).toBe("globex");
    expect(await send(proxied, get(host, forwarded, forwarded))).toBe("TENANT_UNRESOLVED");
    expect(await send(proxied, get(host, `${forwarded}, x.test`))).toBe("TENANT_UNRESOLVED");
    expect(await send(proxied, get(host, host, forwarded))).toBe("TENANT_UNRESOLVED");
    expect(await send(proxied, get(host, "Forwarded: host=globex.example.com"))).toBe("acme");
  });
});

describe("over HTTP/2", () => {
  const ask = async (headers: http2.OutgoingHttpHeaders): Promise<string> => {
    const resolver = setUp([]);
    const server = http2.createServer((message, response) => {
      void answer(resolver, fromNode(message as unknown as IncomingMessage)).then((text) =>
        response.end(text),
      );
    });
    await once(server.listen(0, "127.0.0.1"), "listening");
    const client = http2.connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    try {
      const stream = client.request({ ":path": "/", ...headers });
      let body = "";
      stream.setEncoding("utf8").on("data", (chunk: string) => (body += chunk));
      await once(stream, "end");
      return body;
    } finally {
      client.close();
      server.close();
    }
  };

  it("the host is :authority, and a Host that comes with it must agree", async () => {
    const authority = { ":authority": "ACME.example.com" };
    expect(await ask(authority)).toBe("acme");
    expect(await ask({ ...authority, host: "acme.example.com:80" })).toBe("acme");
    expect(await ask({ ...authority, host: "globex.example.com" })).toBe("TENANT_UNRESOLVED");
  });
});
