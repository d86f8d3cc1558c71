import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { Problem } from "./problem.js";

export interface Listening {
  readonly port: number;
  /** Takes no more requests, and resolves when those in flight are answered or 5 s are over. */
  close(): Promise<void>;
}

/**
 * Serves on the loopback addresses alone, IPv4 and IPv6: browsers take `acme.localhost` for either.
 * @throws {Problem} where the port is taken
 */
export async function listenOnLoopback(app: RequestListener, port: number): Promise<Listening> {
  const first = await listen(app, port, "127.0.0.1");
  const chosen = (first.address() as AddressInfo).port;
  const servers = [first];
  try {
    servers.push(await listen(app, chosen, "::1"));
  } catch (error) {
    if (!isMissingAddress(error)) {
      await closeServer(first);
      throw error;
    }
  }
  return {
    port: chosen,
    close: async () => void (await Promise.all(servers.map(closeServer))),
  };
}

function listen(app: RequestListener, port: number, host: string): Promise<Server> {
  const server = createServer(
    // A request without a Host is for Tenantry to refuse, like every other that names no tenant.
    { requireHostHeader: false, requestTimeout: 30_000, headersTimeout: 10_000 },
    app,
  );
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      reject(explain(error, port) ?? error);
    });
    server.listen(port, host, () => resolve(server));
  });
}

function explain({ code }: NodeJS.ErrnoException, port: number): Problem | null {
  if (code === "EADDRINUSE") {
    return new Problem(
      `Port ${port} is in use. Stop what listens there, or choose another: PORT=${port < 65_535 ? port + 1 : 3000} npm start`,
    );
  }
  if (code === "EACCES") {
    return new Problem(
      `Port ${port} may not be used by this user. Choose one from 1024: PORT=3000 npm start`,
    );
  }
  return null;
}

/** A machine without IPv6. */
function isMissingAddress(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === "EADDRNOTAVAIL" || code === "EAFNOSUPPORT";
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    const patience = setTimeout(() => server.closeAllConnections(), 5000);
    server.close(() => {
      clearTimeout(patience);
      resolve();
    });
    server.closeIdleConnections();
  });
}
