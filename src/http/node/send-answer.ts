import type { Answer } from "../answer.js";

/** The slice of node's ServerResponse that an answer is written to. */
export interface NodeResponse {
  statusCode: number;
  setHeader(name: string, value: string): unknown;
  removeHeader(name: string): void;
  getHeaderNames(): readonly string[];
  end(body: string): unknown;
}

/** What describes the representation that a handler was about to send, and not the answer to it. */
const descriptive =
  /^(?:content-(?:disposition|encoding|language|length|location|range|type)|etag|last-modified|accept-ranges|cache-control|expires)$/i;

export const isDescriptive = (name: string): boolean => descriptive.test(name);

/** Sends a whole answer in place of whatever the response was to be. */
export function sendAnswer(response: NodeResponse, { status, headers, body }: Answer): void {
  for (const name of response.getHeaderNames()) {
    if (isDescriptive(name)) response.removeHeader(name);
  }
  response.statusCode = status;
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  response.end(body);
}
