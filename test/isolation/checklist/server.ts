import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";

/** What the small service of these tests does wrong. */
export type Bug =
  | "default tenant"
  | "first of two hosts"
  | "matches by prefix"
  | "matches by suffix"
  | "case leads elsewhere"
  | "reads around odd letters"
  | "keeps the tenant after an error"
  | "shows the stack"
  | "names the other tenant"
  | "tells what is there"
  | "fails without a host"
  | "front page for unknown hosts";

const tenants = ["acme", "globex"] as const;
type Tenant = (typeof tenants)[number];

const things: Readonly<Record<Tenant, readonly { id: string; name: string }[]>> = {
  acme: [
    { id: "1f6c1c0e-0d3c-4a59-9a0b-000000000001", name: "anvil of acme" },
    { id: "1f6c1c0e-0d3c-4a59-9a0b-000000000002", name: "rocket of acme" },
  ],
  globex: [{ id: "1f6c1c0e-0d3c-4a59-9a0b-000000000003", name: "dome of globex" }],
};

/** Two tenants by their hosts, and a list of things of each at `/things`. */
export async function listen(...bugs: readonly Bug[]) {
  const service = new Service(new Set(bugs));
  const server = createServer({ requireHostHeader: false }, (request, response) => {
    // Whoever goes away in the middle of a body gets no answer.
    service.handle(request, response).catch(() => request.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    options: {
      baseUrl: `http://127.0.0.1:${port}`,
      hosts: ["acme.app.localhost", "globex.app.localhost"],
      route: "/things",
    },
    close: () => closed(server),
  };
}

function closed(server: Server): void {
  server.closeAllConnections();
  server.close();
}

class Service {
  private readonly left = new WeakMap<Socket, Tenant>();

  constructor(private readonly bugs: ReadonlySet<Bug>) {}

  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const answer = (status: number, body: unknown) => {
      response.writeHead(status, { "content-type": "application/json" });
      response.end(JSON.stringify(body));
    };
    const own = this.tenantOf(request);
    if (own === "failure") return answer(500, { error: "failure" });
    if (own === null && this.bugs.has("front page for unknown hosts"))
      return answer(200, "welcome");
    if (own === null) return answer(421, { error: "unknown host" });
    const tenant = this.left.get(request.socket) ?? own;
    this.left.delete(request.socket);
    const fail = (status: number) => {
      if (this.bugs.has("keeps the tenant after an error")) this.left.set(request.socket, own);
      answer(status, this.errorFor(own));
    };
    if (request.method === "POST") {
      for await (const _ of request) void _;
      return fail(400);
    }
    if (request.url === "/about") return answer(200, "the same for everybody");
    const path = /^\/things(?:\/([^?]*))?(?:\?.*)?$/.exec(request.url ?? "");
    if (path === null) return fail(404);
    const [, id] = path;
    if (id === undefined) return answer(200, things[tenant]);
    const thing = things[tenant].find((each) => each.id === id);
    if (thing !== undefined) return answer(200, thing);
    const exists = tenants.some((each) => things[each].some((one) => one.id === id));
    if (exists && this.bugs.has("tells what is there")) return fail(403);
    fail(404);
  }

  private tenantOf({ headers, rawHeaders }: IncomingMessage): Tenant | "failure" | null {
    const hosts = rawHeaders.filter((_, at) => rawHeaders[at - 1]?.toLowerCase() === "host");
    const host = headers.host ?? "";
    if (this.bugs.has("fails without a host") && host === "") return "failure";
    if (hosts.length > 1 && !this.bugs.has("first of two hosts")) return null;
    const keyed = tenants.find((tenant) => headers.authorization === `Bearer key-of-${tenant}`);
    const found = /^app\.localhost(:|$)/.test(host) ? (keyed ?? null) : this.lookUp(host);
    return found ?? (this.bugs.has("default tenant") ? "acme" : null);
  }

  private lookUp(host: string): Tenant | null {
    const lenient = this.bugs.has("reads around odd letters");
    const name = lenient ? host.replace(/[^a-z.]|:.*/gi, "") : host.replace(/:\d+$/, "");
    if (this.bugs.has("case leads elsewhere") && /^ACME/.test(name)) return "globex";
    const plain = name.toLowerCase().replace(/\.$/, "");
    return (
      tenants.find((tenant) => {
        if (this.bugs.has("matches by prefix") && plain.startsWith(`${tenant}.`)) return true;
        if (this.bugs.has("matches by suffix") && plain.endsWith(`${tenant}.app.localhost`))
          return true;
        return plain === `${tenant}.app.localhost`;
      }) ?? null
    );
  }

  private errorFor(own: Tenant): unknown {
    const other = tenants.find((each) => each !== own)!;
    if (this.bugs.has("names the other tenant")) return { error: `${other} has that one` };
    if (this.bugs.has("shows the stack")) return { error: new Error("no").stack };
    return { error: "not found" };
  }
}
