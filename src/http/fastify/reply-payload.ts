import { scopedBody } from "../fetch/scoped-body.js";
import { bindingOf } from "../request-binding.js";
import type { FastifyReply, FastifyRequest } from "./slices.js";

type Sent = (error: null, payload: unknown) => void;

/** The slice of a node stream that is listened to. */
interface NodeStream {
  pipe: unknown;
  on(event: "error", listener: (error: unknown) => void): unknown;
}

/**
 * The last `onSend` hook of every route. What comes after it reads the payload, and Fastify tells
 * nobody of an error of a stream that has begun: it closes the connection, and this reports.
 */
export function finishReply(
  request: FastifyRequest,
  reply: FastifyReply,
  payload: unknown,
  done: Sent,
): void {
  const binding = bindingOf(request.raw);
  if (binding?.failed === undefined) return done(null, payload);
  const { failed, inside } = binding;
  const report = (error: unknown): void => {
    // Before that the error handler gets it.
    if (reply.raw.headersSent) inside(() => failed(error));
  };
  if (isNodeStream(payload)) {
    payload.on("error", report);
    return done(null, payload);
  }
  const watch = (body: ReadableStream<Uint8Array>): ReadableStream<Uint8Array> =>
    scopedBody(body, inside, (error) => {
      report(error);
      return error;
    });
  if (payload instanceof ReadableStream) {
    return done(null, watch(payload as ReadableStream<Uint8Array>));
  }
  if (payload instanceof Response && payload.body !== null && !payload.bodyUsed) {
    const { status, statusText, headers } = payload;
    return done(null, new Response(watch(payload.body), { status, statusText, headers }));
  }
  done(null, payload);
}

function isNodeStream(payload: unknown): payload is NodeStream {
  const { pipe, on } = (payload ?? {}) as Partial<NodeStream>;
  return typeof pipe === "function" && typeof on === "function";
}
