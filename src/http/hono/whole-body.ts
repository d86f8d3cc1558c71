import { ownBySymbol } from "../own-by-symbol.js";

/**
 * Whether a response's body is there as a whole, so that nothing of it runs later. For responses of
 * @hono/node-server, which keeps what they were made of and writes that straight to node as long as
 * nobody asks for the rest of the `Response`: asking for `body` costs several times what the handler
 * does. Of any other response it is not known, and so false.
 */
export function hasWholeBody(response: object): boolean {
  const parts = ownBySymbol(response, "cache");
  if (!Array.isArray(parts)) return false;
  const body = parts[1] as unknown;
  return body === null || typeof body === "string" || body instanceof Uint8Array;
}
