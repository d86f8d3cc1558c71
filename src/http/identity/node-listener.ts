import { incomingFromNode, type NodeMessage } from "../incoming/from-node.js";
import type { IdentityHandler } from "./handler.js";

/** The slice of node's IncomingMessage. */
export interface IdentityNodeRequest extends NodeMessage, AsyncIterable<Uint8Array> {
  /** Express's: the target as sent, before a router took a part of it away. */
  readonly originalUrl?: string | undefined;
}

/** The slice of node's ServerResponse. */
export interface IdentityNodeResponse {
  readonly headersSent: boolean;
  readonly destroyed: boolean;
  statusCode: number;
  setHeader(name: string, value: string | readonly string[]): unknown;
  end(body?: Uint8Array): unknown;
}

/** Fits `createServer`, and `app.use` of Express and of whatever else has Connect's middleware. */
export type IdentityNodeListener = (
  request: IdentityNodeRequest,
  response: IdentityNodeResponse,
  next?: (error?: unknown) => void,
) => void;

/**
 * Serves identity from node's own messages: mount it before tenancy, and before any body parser.
 * What is not for it goes to `next`; where there is none, it is 404.
 */
export function identityListener(handler: IdentityHandler): IdentityNodeListener {
  return (request, response, next) => {
    serve(handler, request, response, next).catch((error: unknown) => {
      if (next !== undefined) return next(error);
      if (response.headersSent || response.destroyed) return;
      response.statusCode = 500;
      response.end();
    });
  };
}

async function serve(
  handler: IdentityHandler,
  message: IdentityNodeRequest,
  response: IdentityNodeResponse,
  next: ((error?: unknown) => void) | undefined,
): Promise<void> {
  const target = message.originalUrl ?? message.url ?? "";
  const request = toRequest(message, target);
  const incoming = incomingFromNode(message, target);
  const answer = request === null ? null : await handler(request, { incoming });
  if (answer !== null) return send(response, answer);
  if (next !== undefined) return next();
  response.statusCode = 404;
  response.end();
}

const methods: ReadonlySet<string> = new Set([
  ...["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"],
]);

/** The host is read from the raw message; here it only makes the URL whole. */
const anyOrigin = "http://identity.invalid";

/** Null for what is no path in its one spelling: it is not for identity. */
function toRequest(message: IdentityNodeRequest, target: string): Request | null {
  const { method = "GET" } = message;
  if (!methods.has(method) || !target.startsWith("/") || !URL.canParse(anyOrigin + target)) {
    return null;
  }
  // A URL has no `..` and no backslash any more; whoever let the request pass by its path saw them.
  if (new URL(anyOrigin + target).pathname !== target.split(/[?#]/, 1)[0]) return null;
  const headers = new Headers();
  for (let index = 0; index + 1 < message.rawHeaders.length; index += 2) {
    const name = message.rawHeaders[index]!;
    if (!name.startsWith(":")) headers.append(name, message.rawHeaders[index + 1]!);
  }
  const hasBody = method !== "GET" && method !== "HEAD";
  return new Request(anyOrigin + target, {
    method,
    headers,
    ...(hasBody ? { body: bodyOf(message), duplex: "half" as const } : {}),
  });
}

/** Nothing is read until somebody asks: a request that is not for identity goes on with its body. */
function bodyOf(message: IdentityNodeRequest): ReadableStream<Uint8Array> {
  let chunks: AsyncIterator<Uint8Array, unknown> | undefined;
  return new ReadableStream(
    {
      async pull(controller) {
        chunks ??= message[Symbol.asyncIterator]();
        const { done, value } = await chunks.next();
        if (done === true) controller.close();
        else controller.enqueue(new Uint8Array(value));
      },
      cancel: async () => void (await chunks?.return?.()),
    },
    { highWaterMark: 0 },
  );
}

async function send(response: IdentityNodeResponse, answer: Response): Promise<void> {
  const body = new Uint8Array(await answer.arrayBuffer());
  // The client is gone.
  if (response.destroyed || response.headersSent) return;
  response.statusCode = answer.status;
  for (const [name, value] of answer.headers) {
    if (name !== "set-cookie") response.setHeader(name, value);
  }
  const cookies = answer.headers.getSetCookie();
  if (cookies.length > 0) response.setHeader("set-cookie", cookies);
  response.end(body);
}
