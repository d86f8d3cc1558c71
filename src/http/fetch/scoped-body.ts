import type { Inside } from "../request-context.js";

/**
 * A response body whose source runs in the request's context: hosts pull a stream from wherever they
 * write to the socket, where no context is. Nothing is pulled before the host asks.
 *
 * An error of the source ends the stream with a generic one: a host may print it (@hono/node-server
 * writes the message to the client).
 */
export function scopedBody(
  body: ReadableStream<Uint8Array>,
  inside: Inside,
  onFailure: (error: unknown) => void,
): ReadableStream<Uint8Array> {
  const reader = body.getReader();
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          const { done, value } = await inside(() => reader.read());
          if (done) controller.close();
          else controller.enqueue(value);
        } catch (error) {
          inside(() => onFailure(error));
          controller.error(new Error("Internal error"));
        }
      },
      cancel: (reason) => inside(() => reader.cancel(reason)),
    },
    { highWaterMark: 0 },
  );
}
