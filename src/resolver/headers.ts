import type { IncomingRequest } from "./contract.js";

/** The values of every line of a header, in order. `name` in lower case. */
export function headerValues(request: IncomingRequest, name: string): readonly string[] {
  const values: string[] = [];
  for (const line of request.headers) {
    // Most names differ in their length already.
    if (line[0].length === name.length && line[0].toLowerCase() === name) values.push(line[1]);
  }
  return values;
}

/** A field name in lower case (RFC 9110 §5.1). */
export function isHeaderName(text: unknown): text is string {
  return typeof text === "string" && /^[a-z0-9!#$%&'*+.^_`|~-]{1,64}$/.test(text);
}
