import { createServer, get, type Server } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import type { RequestListener } from "node:http";

/** Listens on loopback. */
export async function listen(listener: RequestListener): Promise<Server> {
  const server = createServer(listener);
  await once(server.listen(0, "127.0.0.1"), "listening");
  return server;
}

/** The body of the answer to a GET for a tenant's host. */
export function ask(server: Server, slug: string, path: string): Promise<string> {
  const { port } = server.address() as AddressInfo;
  const headers = { host: `${slug}.example.com` };
  return new Promise((resolve, reject) => {
    get({ host: "127.0.0.1", port, path, headers, agent: false }, (response) => {
      let body = "";
      response.setEncoding("utf8").on("data", (piece: string) => (body += piece));
      response.on("end", () => resolve(body));
    }).on("error", reject);
  });
}
