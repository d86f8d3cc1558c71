import { ServerResponse, type IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { decide, type RequestTenancy } from "../decide.js";
import { reportFailure } from "../failure.js";
import { incomingFromNode } from "../incoming/from-node.js";
import { bindRequest } from "../request-binding.js";
import { insideOf } from "../request-context.js";
import { carrySocket } from "./carry-events.js";
import { endConnection } from "./end-connection.js";
import { sendAnswer } from "./send-answer.js";

/** What `server.on("upgrade", …)` takes. */
export type UpgradeListener = (message: IncomingMessage, socket: Duplex, head: Buffer) => void;

type UpgradeWork = (message: IncomingMessage, socket: Duplex, head: Buffer) => unknown;

/**
 * For `server.on("upgrade", …)` of node's http server: resolves a request for another protocol, a
 * WebSocket say, as every other request is, and calls `handler` in the scope of its tenant or as a
 * central route. What is neither is answered as any other request would be, and the connection is
 * closed; no handler is called.
 *
 * From then on every event of the socket runs in that scope, for as long as the connection lasts: also
 * where the tenant is suspended meanwhile. An error of the handler closes the connection and is an
 * event; none of it is sent.
 */
export function createUpgradeHandler(
  tenantry: RequestTenancy,
  handler: UpgradeWork,
): UpgradeListener {
  return (message, socket, head) => {
    // Node has taken its own listener off, and without one a reset would end the process.
    socket.on("error", () => socket.destroy());
    const failed = (error: unknown): void => {
      reportFailure(tenantry.events, error);
      socket.destroy();
    };
    serve(tenantry, { message, socket, head }, handler, failed).catch(failed);
  };
}

interface Upgrade {
  readonly message: IncomingMessage;
  readonly socket: Duplex;
  readonly head: Buffer;
}

async function serve(
  tenantry: RequestTenancy,
  { message, socket, head }: Upgrade,
  handler: UpgradeWork,
  failed: (error: unknown) => void,
): Promise<void> {
  const binding = bindRequest(tenantry, message);
  const decision = await decide(tenantry, incomingFromNode(message));
  if (socket.destroyed) return;
  if (decision.kind === "refused") {
    const response = new ServerResponse(message);
    response.assignSocket(message.socket);
    endConnection(response, message.socket);
    return sendAnswer(response, decision);
  }
  binding.inside = insideOf(decision);
  carrySocket(binding, socket);
  await binding.inside(async () => {
    try {
      await handler(message, socket, head);
    } catch (error) {
      failed(error);
    }
  });
}
