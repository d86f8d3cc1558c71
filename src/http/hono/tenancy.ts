import { runDetached } from "../../core/context.js";
import { TenantryError } from "../../core/tenantry-error.js";
import { decide, type RequestTenancy } from "../decide.js";
import { tenantResponse, toResponse } from "../fetch/responses.js";
import { incomingFromFetch } from "../incoming/from-fetch.js";
import { incomingFromNode } from "../incoming/from-node.js";
import { bindingOf, bindRequest, carryEvents } from "../node/bind-messages.js";
import { completeHead } from "../node/response-head.js";
import { insideOf } from "../request-context.js";
import { nodeMessagesOf } from "./node-messages.js";
import type { HonoContext, HonoMiddleware, HonoNext } from "./slices.js";

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
 * @throws {TenantryError} `CONFIG_INVALID` where two tenancies meet in one request
 */
export function honoTenancy<C extends HonoContext = HonoContext>(
  tenantry: RequestTenancy,
  options: HonoTenancyOptions<C> = {},
): (context: C, next: HonoNext) => ReturnType<HonoMiddleware> {
  return async (context, next) => {
    const node = nodeMessagesOf(context.env);
    const request = node?.incoming ?? context.req.raw;
    const bound = bindingOf(request);
    if (bound !== undefined) {
      if (bound.tenantry !== tenantry) throw twoTenancies();
      return bound.inside(next) as Promise<undefined>;
    }
    const binding = bindRequest(tenantry, request);
    if (node !== undefined) carryEvents(binding, node.incoming, node.outgoing);
    return runDetached(async () => {
      const incoming =
        node === undefined
          ? incomingFromFetch(context.req.raw, options.remoteAddress?.(context))
          : incomingFromNode(node.incoming);
      const decision = await decide(tenantry, incoming);
      if (decision.kind === "refused") return toResponse(decision, context.req.raw.method);
      const { inside } = Object.assign(binding, { inside: insideOf(decision) });
      const isTenants = decision.kind === "tenant";
      // The response is completed below; this is for a handler that writes to node's by itself, as
      // is leaving the response alone after that: the host knows its own mark of it.
      if (isTenants && node) completeHead(node.outgoing, tenantry.resolver.varies);
      await inside(next);
      const sent = node?.outgoing.headersSent ?? false;
      if (isTenants && context.finalized && !sent && context.res !== undefined) {
        const response = tenantResponse(context.res, inside, tenantry);
        // Hono merges the headers of a response into the one that replaces it.
        context.res = undefined;
        context.res = response;
      }
      return undefined;
    });
  };
}

function twoTenancies(): TenantryError {
  return new TenantryError("CONFIG_INVALID", {
    message: "honoTenancy of two different Tenantry instances met in one request.",
    fix: "Create one Tenantry for the application, and mount that one.",
  });
}
