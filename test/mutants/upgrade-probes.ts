import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import type { Duplex } from "node:stream";
import type { TenantryEvent } from "../../src/core/event.js";
import type { Tenantry } from "../../src/index.js";
import { openWebSocket } from "../conformance/http/web-socket.js";
import { openTenantry, pause, type EdgeCopy, type Probe } from "./edge-probes.js";

interface Upgrading {
  readonly events: readonly TenantryEvent[];
  /** The server's end of the connection; has passed the listener, not yet the resolver. */
  readonly socket: Duplex;
  /** The client's end. */
  readonly client: Socket;
  /** Lets the resolver go on. */
  resolve(): void;
}

/** One upgrade of globex's, up to the resolver: that is where a client may be gone. */
async function upgrading(
  copy: EdgeCopy,
  handler: (tenantry: Tenantry, socket: Duplex) => unknown,
  work: (given: Upgrading) => Promise<unknown>,
): Promise<unknown> {
  const events: TenantryEvent[] = [];
  let resolve = (): void => undefined;
  const gate = new Promise<null>((release) => (resolve = () => release(null)));
  const { tenantry } = await openTenantry(copy, {
    resolve: [
      { name: "gate", varies: [], read: () => gate },
      copy.index.fromHost({ baseDomain: "example.com" }),
    ],
    onEvent: (event) => events.push(event),
  });
  const listener = copy.index.createUpgradeHandler(tenantry, (_message, socket) =>
    handler(tenantry, socket),
  );
  const server = createServer().on("upgrade", listener);
  await once(server.listen(0, "127.0.0.1"), "listening");
  const { port } = server.address() as AddressInfo;
  const { socket: client } = openWebSocket(port, "/socket", ["Host: globex.example.com"]);
  try {
    const [, socket] = (await once(server, "upgrade")) as [unknown, Duplex];
    return await work({ events, socket, client, resolve });
  } finally {
    client.destroy();
    server.close();
  }
}

/** Whether the connection is closed soon. */
const closes = async (client: Socket): Promise<boolean> =>
  client.destroyed ||
  (await Promise.race([once(client, "close").then(() => true), pause(2_500)])) === true;

async function failsLoudly(copy: EdgeCopy, fail: () => unknown): Promise<boolean> {
  let tenant = "";
  const handler = (tenantry: Tenantry) => {
    tenant = tenantry.scope().tenant.id;
    return fail();
  };
  return (await upgrading(copy, handler, async ({ events, client, resolve }) => {
    resolve();
    if (!(await closes(client))) return false;
    const told = events.map(({ type, detail }) => `${type} ${String(detail["tenant"])}`);
    return told.join() === `request.failed ${tenant}`;
  })) as boolean;
}

export const upgradeProbes: Readonly<Record<string, Probe>> = {
  "an-upgrades-handler-is-in-the-scope": async (copy) => {
    let seen = "";
    const handler = (tenantry: Tenantry, socket: Duplex) => {
      try {
        seen = tenantry.scope().tenant.slug;
      } finally {
        socket.destroy();
      }
    };
    return upgrading(copy, handler, async ({ client, resolve }) => {
      resolve();
      return (await closes(client)) && seen === "globex";
    });
  },

  "a-failed-upgrade-is-closed-and-reported": async (copy) =>
    (await failsLoudly(copy, () => {
      throw new Error("at once");
    })) && failsLoudly(copy, () => Promise.reject(new Error("later"))),

  "an-upgrade-whose-client-has-gone-is-dropped": async (copy) => {
    let handled = false;
    const handler = () => (handled = true);
    return upgrading(copy, handler, async ({ socket, client, resolve }) => {
      // A reset that nobody hears of would end this process, too.
      if (socket.listenerCount("error") === 0) return false;
      // Not once(), which would take the reset for its own failure.
      const closed = new Promise((done) => socket.on("close", done));
      client.resetAndDestroy();
      await closed;
      resolve();
      await pause(50);
      return !handled;
    });
  },
};
