import type { IncomingRequest } from "../../resolver/contract.js";

/** The slice of node's IncomingMessage (and of HTTP/2's Http2ServerRequest) that is read. */
export interface NodeMessage {
  readonly method?: string | undefined;
  readonly url?: string | undefined;
  /** Names and values in turn, as they came. */
  readonly rawHeaders: readonly string[];
  readonly socket: { readonly remoteAddress?: string | undefined };
}

/**
 * What node received, with nothing merged and nothing tidied: `message.headers` would keep the
 * first of two Host lines only.
 * @param target the request target as sent, where a framework has changed `message.url` since
 */
export function incomingFromNode(
  message: NodeMessage,
  target: string | undefined = message.url,
): IncomingRequest {
  const { method = "", rawHeaders, socket } = message;
  const headers: (readonly [string, string])[] = [];
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    headers.push([rawHeaders[index]!, rawHeaders[index + 1]!]);
  }
  return { method, target: target ?? "", headers, remoteAddress: socket.remoteAddress ?? null };
}
