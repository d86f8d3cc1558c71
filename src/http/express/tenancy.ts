import { decide, type RequestTenancy } from "../decide.js";
import { incomingFromNode } from "../incoming/from-node.js";
import { carryEvents } from "../node/carry-events.js";
import { completeHead } from "../node/response-head.js";
import { sendAnswer } from "../node/send-answer.js";
import { bindRequest, boundTo, type RequestBinding } from "../request-binding.js";
import { insideOf } from "../request-context.js";
import { guardRouting } from "./guard-routing.js";
import type { ExpressMiddleware, ExpressNext, ExpressRequest, ExpressResponse } from "./slices.js";

/**
 * Express middleware that runs all that comes after it in the scope of the request's tenant, or on a
 * central route, and answers what is neither. Mount it first. Mounting the same one again, on a
 * router say, changes nothing.
 *
 * The scope holds in handlers however they are reached, in body parsers, in the events of request
 * and response, and in error middleware.
 *
 * Passes on `CONFIG_INVALID` where this is not Express 4 or 5, or where two tenancies meet in one
 * request.
 */
export function expressTenancy(tenantry: RequestTenancy): ExpressMiddleware {
  return (request, response, next) => {
    try {
      if (boundTo(tenantry, request) !== undefined) return next();
      guardRouting(request.app);
    } catch (error) {
      return next(error);
    }
    const binding = bindRequest(tenantry, request);
    carryEvents(binding, request, response);
    serve(tenantry, binding, request, response, next).catch(next);
  };
}

async function serve(
  tenantry: RequestTenancy,
  binding: RequestBinding,
  request: ExpressRequest,
  response: ExpressResponse,
  next: ExpressNext,
): Promise<void> {
  const decision = await decide(tenantry, incomingFromNode(request, request.originalUrl));
  // The client is gone, or a middleware before this one has answered: no one is left to serve.
  if (response.destroyed || response.headersSent) return;
  if (decision.kind === "refused") return sendAnswer(response, decision);
  if (decision.kind === "tenant") completeHead(response, tenantry.resolver.varies);
  binding.inside = insideOf(decision);
  binding.inside(() => next());
}
