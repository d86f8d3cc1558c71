import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { IdentityInput } from "../../../src/isolation/probe/identity/identity-file.js";
import { smallDocument } from "./small-document.js";

export interface SmallService {
  readonly baseUrl: string;
  /** Of tenants a and b; their tokens are `token-of-a` and `token-of-b`. */
  readonly identities: readonly IdentityInput[];
  readonly projects: readonly Project[];
  /** What changed anything but made a project, as `PUT /settings a`. */
  readonly writes: string[];
  /** Anyone's project is read by its id. */
  isOpen: boolean;
  /** How many requests a token from /token lives; 0 is for ever. */
  lifetime: number;
  close(): void;
}

interface Project {
  readonly id: string;
  readonly owner: string;
  readonly name: string;
}

const names = new Map([
  ["a", "first"],
  ["b", "second"],
]);

/** Projects and settings of two tenants, in memory: for what does not depend on a database. */
export async function openSmallService(): Promise<SmallService> {
  const tokens = new Map<string, { readonly owner: string; left: number }>();
  for (const owner of names.keys()) tokens.set(`token-of-${owner}`, { owner, left: Infinity });
  const projects: Project[] = [];
  const service = { projects, writes: [] as string[], isOpen: false, lifetime: 0 };

  function ownerIn(request: IncomingMessage): string | null {
    const { authorization = "", "x-api-key": key = authorization } = request.headers;
    const token = tokens.get(String(key).replace("Bearer ", ""));
    if (token === undefined || token.left <= 0) return null;
    token.left -= 1;
    return token.owner;
  }

  function newToken(form: string): object {
    const owner = new URLSearchParams(form).get("password")!.slice(-1);
    const token = `fresh-token-${crypto.randomUUID()}`;
    tokens.set(token, { owner, left: service.lifetime || Infinity });
    return { access_token: token };
  }

  function answer(request: IncomingMessage, text: string): readonly [number, unknown] {
    const { method = "", url = "" } = request;
    if (url === "/openapi.json") return [200, smallDocument];
    if (url === "/token") return [200, newToken(text)];
    const owner = ownerIn(request);
    if (owner === null) return [401, {}];
    const own = (project: Project) => project.owner === owner;
    if (url === "/projects" && method === "POST") {
      const name = /"name":"([^"]*)"/.exec(text)?.[1] ?? "";
      projects.push({ id: crypto.randomUUID(), owner, name });
      return [201, projects.at(-1)];
    }
    if (url.split("?")[0] === "/projects") return [200, projects.filter(own)];
    if (url === "/echoes") {
      const pin = /"pin":"([^"]*)"/.exec(text)?.[1] ?? "";
      return [409, `Not for ${request.headers.authorization!} ${pin}`];
    }
    if (method !== "GET") service.writes.push(`${method} ${url} ${owner}`);
    const id = /^\/projects\/([\w-]+)/.exec(url)?.[1];
    if (id === undefined)
      return url.startsWith("/settings") ? [200, { name: names.get(owner) }] : [200, {}];
    if (method === "PUT" || method === "PATCH") return [404, {}];
    const found = projects.findIndex(
      (each) => each.id === id && (own(each) || (service.isOpen && method === "GET")),
    );
    if (found === -1) return [404, {}];
    return [200, method === "DELETE" ? projects.splice(found, 1)[0] : projects[found]];
  }

  const server = createServer((request, response) => {
    void textOf(request).then((text) => {
      const [status, body] = answer(request, text);
      response.writeHead(status, {
        "content-type": "application/json",
        "cache-control": "private",
      });
      response.end(JSON.stringify(body));
    });
  });
  const baseUrl = await listen(server);
  const identities = [...names.keys()].map((name) => ({
    name,
    tenant: name,
    headers: { authorization: `Bearer token-of-${name}` },
    parameters: { tenantId: name },
  }));
  return Object.assign(service, { baseUrl, identities, close: () => void server.close() });
}

async function textOf(request: IncomingMessage): Promise<string> {
  let text = "";
  for await (const chunk of request) text += String(chunk);
  return text;
}

async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
