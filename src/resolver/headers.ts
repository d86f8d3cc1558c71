import type { IncomingRequest } from "./contract.js";

/** The values of every line of a header, in order. `name` in lower case. */
export function headerValues(request: IncomingRequest, name: string): readonly string[] {
  return request.headers
    .filter(([given]) => given.length === name.length && given.toLowerCase() === name)
    .map(([, value]) => value);
}

/** A field name in lower case (RFC 9110 §5.1). */
export function isHeaderName(text: unknown): text is string {
  return typeof text === "string" && /^[a-z0-9!#$%&'*+.^_`|~-]{1,64}$/.test(text);
}
