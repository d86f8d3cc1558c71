import type { IncomingRequest } from "../../resolver/contract.js";

/**
 * What is left of a request in a Fetch `Request`. Where the host has the raw message too, read
 * that instead (`incomingFromNode`), because here
 *
 * - header lines of one name are already joined: two Host lines are `a, b`, which is refused, but
 *   two lines of a header of your own look like one with a comma in it;
 * - the target is already a URL: dot segments are gone, backslashes are slashes, the host may have
 *   been mapped to ASCII. What the handler routes by is the same URL, so both see one path;
 * - there may be no Host line, and the URL's host takes its place. Where there is one it must name
 *   the same host as the URL (RFC 9112 §3.2.2 speaks of the absolute form, which this is).
 *
 * @param remoteAddress the peer's address; null, the default, trusts no forwarded header
 */
export function incomingFromFetch(
  request: Request,
  remoteAddress: string | null = null,
): IncomingRequest {
  const { protocol, host, pathname, search } = new URL(request.url);
  const headers: (readonly [string, string])[] = [...request.headers];
  if (!request.headers.has("host")) headers.push(["host", host]);
  return {
    method: request.method,
    target: `${protocol}//${host}${pathname}${search}`,
    headers,
    remoteAddress,
  };
}
