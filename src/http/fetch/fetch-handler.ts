import { runDetached } from "../../core/context.js";
import { decide, type RequestTenancy } from "../decide.js";
import { answerToFailure } from "../failure.js";
import { incomingFromFetch } from "../incoming/from-fetch.js";
import { incomingFromNode, type NodeMessage } from "../incoming/from-node.js";
import { insideOf } from "../request-context.js";
import { tenantResponse, toResponse } from "./responses.js";

export interface FetchHandlerOptions<Rest extends readonly unknown[]> {
  /**
   * The raw node message that a request was made from, where the host has one. It is read instead
   * of the `Request`, which has lost what some attacks consist of; see `incomingFromFetch`.
   */
  readonly message?: (request: Request, ...rest: Rest) => NodeMessage | undefined;
  /**
   * The address of the peer, for `trustedProxies`, where there is no raw message. It is the
   * connection's other end, and never what a header says. Default: unknown, so no proxy is trusted.
   */
  readonly remoteAddress?: (request: Request, ...rest: Rest) => string | null;
}

/**
 * Wraps a Fetch handler, so that it runs in the scope of the request's tenant, or on a central
 * route, or not at all. The scope holds until the body of the response was read to its end.
 *
 * The returned function takes what the host passes (`request`, and whatever comes after it) and
 * never rejects: an error of the handler is answered with its code if it is a TenantryError, else
 * with a generic 500 and an event.
 */
export function createFetchHandler<Rest extends readonly unknown[] = []>(
  tenantry: RequestTenancy,
  handler: (request: Request, ...rest: Rest) => Response | Promise<Response>,
  options: FetchHandlerOptions<Rest> = {},
): (request: Request, ...rest: Rest) => Promise<Response> {
  return (request, ...rest) =>
    runDetached(async () => {
      const message = options.message?.(request, ...rest);
      const incoming =
        message === undefined
          ? incomingFromFetch(request, options.remoteAddress?.(request, ...rest))
          : incomingFromNode(message);
      const decision = await decide(tenantry, incoming);
      if (decision.kind === "refused") return toResponse(decision, request.method);
      const inside = insideOf(decision);
      return inside(async () => {
        try {
          const response = await handler(request, ...rest);
          return decision.kind === "central" ? response : tenantResponse(response, inside, tenantry);
        } catch (error) {
          return toResponse(answerToFailure(tenantry.events, error), request.method);
        }
      });
    });
}
