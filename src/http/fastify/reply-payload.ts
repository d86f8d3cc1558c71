import { scopedBody } from "../fetch/scoped-body.js";
import { bindingOf, type RequestBinding } from "../request-binding.js";
import type { FastifyReply, FastifyRequest } from "./slices.js";

type Sent = (error: null, payload: unknown) => void;

/** The slice of a node stream that is listened to. */
interface NodeStream {
  pipe: unknown;
  on(event: "error", listener: (error: unknown) => void): unknown;
}

/** The last `onSend` hook of a route that has others: what comes after it reads the payload. */
export function finishReply(
  request: FastifyRequest,
  reply: FastifyReply,
  payload: unknown,
  done: Sent,
): void {
  const binding = bindingOf(request.raw);
  done(null, binding === undefined ? payload : watched(binding, reply, payload));
}

/**
 * What is sent, as Fastify is to read it: streams in the request's context. Of an error of a stream
 * that has begun Fastify tells nobody: it closes the connection, and this reports.
 */
export function watched(binding: RequestBinding, reply: FastifyReply, payload: unknown): unknown {
  const { failed, inside } = binding;
  if (typeof payload !== "object" || payload === null || failed === undefined) return payload;
  const report = (error: unknown): void => {
    // Before that the error handler gets it.
    if (reply.raw.headersSent) inside(() => failed(error));
  };
  if (isNodeStream(payload)) {
    payload.on("error", report);
    return payload;
  }
  const watch = (body: ReadableStream<Uint8Array>): ReadableStream<Uint8Array> =>
    scopedBody(body, inside, (error) => {
      report(error);
      return error;
    });
  if (payload instanceof ReadableStream) return watch(payload as ReadableStream<Uint8Array>);
  if (payload instanceof Response && payload.body !== null && !payload.bodyUsed) {
    const { status, statusText, headers } = payload;
    return new Response(watch(payload.body), { status, statusText, headers });
  }
  return payload;
}

function isNodeStream(payload: object): payload is NodeStream {
  const { pipe, on } = payload as Partial<NodeStream>;
  return typeof pipe === "function" && typeof on === "function";
}
