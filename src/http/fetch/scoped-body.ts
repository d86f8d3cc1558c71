import type { Inside } from "../../core/context.js";

/**
 * A response body whose source runs in the request's context: hosts pull a stream from wherever they
 * write to the socket, where no context is. Nothing is pulled before the host asks.
 *
 * @param onFailure told of an error of the source; the stream ends with the one that it returns
 */
export function scopedBody(
  body: ReadableStream<Uint8Array>,
  inside: Inside,
  onFailure: (error: unknown) => unknown,
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
          controller.error(inside(() => onFailure(error)));
        }
      },
      cancel: (reason) => inside(() => reader.cancel(reason)),
    },
    { highWaterMark: 0 },
  );
}
