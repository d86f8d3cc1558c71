import type { IncomingRequest } from "../../resolver/contract.js";
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
  const read = (request: Request, rest: Rest): IncomingRequest => {
    const message = options.message?.(request, ...rest);
    return message === undefined
      ? incomingFromFetch(request, options.remoteAddress?.(request, ...rest))
      : incomingFromNode(message);
  };
  const failed = (request: Request, error: unknown): Response =>
    toResponse(answerToFailure(tenantry.events, error), request.method);

  async function serve(request: Request, rest: Rest): Promise<Response> {
    const decision = await decide(tenantry, read(request, rest));
    if (decision.kind === "refused") return toResponse(decision, request.method);
    const inside = insideOf(decision);
    const leave = (response: Response): Response =>
      decision.kind === "central" ? response : tenantResponse(response, inside, tenantry);
    return inside(async () => {
      try {
        return leave(await handler(request, ...rest));
      } catch (error) {
        return leave(failed(request, error));
      }
    });
  }

  return (request, ...rest) =>
    serve(request, rest).catch((error: unknown) => failed(request, error));
}
