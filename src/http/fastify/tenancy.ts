import { decide, type RequestTenancy } from "../decide.js";
import { answerToFailure, reportFailure } from "../failure.js";
import { incomingFromNode } from "../incoming/from-node.js";
import { carryEvents, carrySocket } from "../node/carry-events.js";
import { endConnection } from "../node/end-connection.js";
import { completeHead } from "../node/response-head.js";
import { sendAnswer } from "../node/send-answer.js";
import { bindRequest, boundTo, type RequestBinding } from "../request-binding.js";
import { insideOf } from "../request-context.js";
import { hasFailedBefore } from "./errors.js";
import { guardContext, hasNoSendHooks } from "./guard-context.js";
import { watched } from "./reply-payload.js";
import type { FastifyDone, FastifyPlugin, FastifyReply, FastifyRequest } from "./slices.js";

/**
 * A Fastify plugin that runs all that comes after it in the scope of the request's tenant, or on a
 * central route, and answers what is neither. Register it first. It holds for the instance that it
 * is registered with, and for all plugins below that one. Registering it again changes nothing.
 *
 * The scope holds in hooks, body parsers, handlers, serializers and streams that are sent, in the
 * events of request and response, in error and not-found handlers, and in all events of a socket
 * that was upgraded.
 *
 * Passes on `CONFIG_INVALID` where this is not Fastify 5, or where two tenancies meet in one request.
 */
export function fastifyTenancy(tenantry: RequestTenancy): FastifyPlugin {
  const plugin: FastifyPlugin = (instance, _options, done) => {
    instance.addHook("onRequest", (request, reply, next) => {
      try {
        if (boundTo(tenantry, request.raw) !== undefined) return next();
        guardContext(request);
      } catch (error) {
        return next(error as Error);
      }
      const binding = bindRequest(tenantry, request.raw);
      binding.failed = (error) => reportFailure(tenantry.events, error);
      carryEvents(binding, request.raw, reply.raw);
      serve(tenantry, binding, request, reply, next).catch(next);
    });
    done();
  };
  return Object.assign(plugin, {
    // The hook is the instance's own, as if fastify-plugin had wrapped it.
    [Symbol.for("skip-override")]: true,
    [Symbol.for("plugin-meta")]: { name: "tenantry", fastify: "5.x" },
  });
}

async function serve(
  tenantry: RequestTenancy,
  binding: RequestBinding,
  request: FastifyRequest,
  reply: FastifyReply,
  next: FastifyDone,
): Promise<void> {
  const decision = await decide(tenantry, incomingFromNode(request.raw, request.originalUrl));
  // The client is gone, or a hook before this one has answered: no one is left to serve.
  if (reply.raw.destroyed || reply.raw.headersSent) return void reply.hijack();
  if (decision.kind === "refused") {
    reply.hijack();
    if (request.raw.upgrade === true) endConnection(reply.raw, request.raw.socket);
    return sendAnswer(reply.raw, decision);
  }
  if (decision.kind === "tenant") completeHead(reply.raw, tenantry.resolver.varies);
  binding.inside = insideOf(decision);
  // From now on the connection is this request's alone.
  if (request.raw.upgrade === true) carrySocket(binding, request.raw.socket);
  guardSend(tenantry, binding, request, reply);
  binding.inside(() => next());
}

/** `reply.send` may be called from wherever: serializers, hooks and streams shall not run there. */
function guardSend(
  tenantry: RequestTenancy,
  binding: RequestBinding,
  request: FastifyRequest,
  reply: FastifyReply,
): void {
  const send = reply.send.bind(reply);
  reply.send = (payload: unknown) => {
    if (payload instanceof Error && hasFailedBefore(reply)) {
      // Fastify's own handler would show the message.
      reply.hijack();
      sendAnswer(reply.raw, answerToFailure(tenantry.events, payload));
    } else {
      const sent = hasNoSendHooks(request) ? watched(binding, reply, payload) : payload;
      binding.inside(() => send(sent));
    }
    return reply;
  };
}
