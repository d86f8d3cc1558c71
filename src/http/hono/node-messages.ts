import type { NodeMessage } from "../incoming/from-node.js";
import type { NodeEmitter, NodeSocket } from "../node/carry-events.js";
import type { NodeResponseHead } from "../node/response-head.js";

/** Node's request and response behind a Hono context. */
export interface NodeMessages {
  readonly incoming: NodeMessage & NodeEmitter & { readonly socket: NodeSocket };
  readonly outgoing: NodeEmitter & NodeResponseHead & { readonly headersSent: boolean };
}

/** What @hono/node-server puts into `c.env`; undefined on other hosts. */
export function nodeMessagesOf(env: unknown): NodeMessages | undefined {
  const { incoming, outgoing } = (env ?? {}) as Partial<NodeMessages>;
  if (!Array.isArray(incoming?.rawHeaders) || typeof incoming?.emit !== "function")
    return undefined;
  if (typeof outgoing?.writeHead !== "function") return undefined;
  return { incoming, outgoing };
}
