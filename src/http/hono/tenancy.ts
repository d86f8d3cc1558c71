import { decide, type RequestTenancy } from "../decide.js";
import { tenantResponse, toResponse } from "../fetch/responses.js";
import { incomingFromFetch } from "../incoming/from-fetch.js";
import { incomingFromNode } from "../incoming/from-node.js";
import { carryEvents } from "../node/carry-events.js";
import { completeHead } from "../node/response-head.js";
import { bindRequest, boundTo, type RequestBinding } from "../request-binding.js";
import { insideOf } from "../request-context.js";
import { nodeMessagesOf, type NodeMessages } from "./node-messages.js";
import type { HonoContext, HonoMiddleware, HonoNext } from "./slices.js";
import { hasWholeBody } from "./whole-body.js";

export interface HonoTenancyOptions<C extends HonoContext = HonoContext> {
  /**
   * The address of the peer, for `trustedProxies`, on hosts other than node. It is the connection's
   * other end, and never what a header says. Default: unknown, so no proxy is trusted.
   */
  readonly remoteAddress?: (context: C) => string | null;
}

/**
 * Hono middleware that runs all that comes after it in the scope of the request's tenant, or on a
 * central route, and answers what is neither. Mount it first. Mounting the same one again changes
 * nothing.
 *
 * With @hono/node-server the raw message is read in place of the `Request` (see
 * `incomingFromFetch`), and the events of `c.env.incoming` and `c.env.outgoing` keep the scope too.
 *
 * The middleware throws `CONFIG_INVALID` where two tenancies meet in one request.
 */
export function honoTenancy<C extends HonoContext = HonoContext>(
  tenantry: RequestTenancy,
  options: HonoTenancyOptions<C> = {},
): (context: C, next: HonoNext) => ReturnType<HonoMiddleware> {
  return async (context, next) => {
    const node = nodeMessagesOf(context.env);
    const request = node?.incoming ?? context.req.raw;
    const bound = boundTo(tenantry, request);
    if (bound !== undefined) return bound.inside(next) as Promise<undefined>;
    const binding = bindRequest(tenantry, request);
    const remoteAddress = node === undefined ? options.remoteAddress?.(context) : null;
    return serve(tenantry, { context, next, node, binding, remoteAddress });
  };
}

interface Call {
  readonly context: HonoContext;
  readonly next: HonoNext;
  readonly node: NodeMessages | undefined;
  readonly binding: RequestBinding;
  readonly remoteAddress: string | null | undefined;
}

async function serve(tenantry: RequestTenancy, call: Call): Promise<Response | undefined> {
  const { context, next, node, binding, remoteAddress } = call;
  if (node !== undefined) carryEvents(binding, node.incoming, node.outgoing);
  const { raw } = context.req;
  const decision = await decide(
    tenantry,
    node === undefined ? incomingFromFetch(raw, remoteAddress) : incomingFromNode(node.incoming),
  );
  if (decision.kind === "refused") return toResponse(decision, raw.method);
  binding.inside = insideOf(decision);
  if (decision.kind === "tenant" && node !== undefined) {
    // The response is completed below; this is for a handler that writes to node's by itself.
    completeHead(node.outgoing, tenantry.resolver.varies);
  }
  await binding.inside(next);
  if (decision.kind === "tenant") complete(tenantry, call);
  return undefined;
}

function complete(tenantry: RequestTenancy, { context, node, binding }: Call): void {
  // Where a handler wrote to node's response, what is here is a mark that the host must know again.
  if (!context.finalized || context.res === undefined || node?.outgoing.headersSent) return;
  // Its headers are completed as they go out.
  if (node !== undefined && hasWholeBody(context.res)) return;
  const response = tenantResponse(context.res, binding.inside, tenantry);
  // Hono merges the headers of a response into the one that replaces it.
  context.res = undefined;
  context.res = response;
}
