import type { RequestTenancy } from "../decide.js";
import { answerToFailure } from "../failure.js";
import { isDescriptive } from "../node/send-answer.js";
import type { FastifyErrorHandler, FastifyReply, FastifyRequest } from "./slices.js";

/** Responses that were answered with an error once: sending that may fail as well. */
const answered = new WeakSet<object>();

/**
 * For `app.setErrorHandler`, and for the option `frameworkErrors`. A TenantryError is answered with
 * its status and public body, an error that Fastify or a plugin means as the client's fault with its
 * status, and all else with a generic 500 and an event: no message, detail or SQL text leaves the
 * process.
 *
 * Where the response has begun already, the connection is closed.
 */
export function fastifyErrors(tenantry: Pick<RequestTenancy, "events">): FastifyErrorHandler {
  return (error, request, reply) => {
    if (isAbort(error, request)) return void reply.hijack();
    const answer = answerToFailure(tenantry.events, error);
    if (reply.raw.headersSent) return void reply.raw.destroy();
    answered.add(reply.raw);
    for (const name of Object.keys(reply.getHeaders())) {
      if (isDescriptive(name)) reply.removeHeader(name);
    }
    reply.code(answer.status);
    for (const [name, value] of Object.entries(answer.headers)) reply.header(name, value);
    // To text Fastify would add a charset.
    reply.send(Buffer.from(answer.body));
  };
}

/** Whether `fastifyErrors` has answered already, and this is what an `onSend` hook made of it. */
export function hasFailedBefore(reply: FastifyReply): boolean {
  return answered.has(reply.raw);
}

/** What node emits where the client goes away before its body has come; Fastify calls it a 400. */
function isAbort(error: unknown, { raw }: FastifyRequest): boolean {
  if (!(error instanceof Error) || raw.destroyed !== true) return false;
  return error.message === "aborted" && (error as { code?: unknown }).code === "ECONNRESET";
}
