import type { Answer } from "../answer.js";
import type { RequestTenancy } from "../decide.js";
import { reportFailure } from "../failure.js";
import type { Inside } from "../../core/context.js";
import { tenantHeaders } from "../tenant-headers.js";
import { scopedBody } from "./scoped-body.js";

/** @param method HEAD gets the headers alone (RFC 9110 §9.3.2) */
export function toResponse({ status, headers, body }: Answer, method = "GET"): Response {
  // A Headers object, because some hosts write a plain one with its names as they are spelled.
  const init = { status, headers: new Headers(headers) };
  return new Response(method === "HEAD" ? null : body, init);
}

/** A handler's response as it may leave a tenant: its headers complete, its body in the scope. */
export function tenantResponse(
  response: Response,
  inside: Inside,
  { resolver, events }: RequestTenancy,
): Response {
  // A protocol switch and a network error: neither can be copied, nor is either ever stored.
  if (response.status < 200) return response;
  const { status, statusText, body } = response;
  const headers = new Headers(response.headers);
  const vary = headers.get("vary");
  const final = tenantHeaders(
    vary === null ? [] : [vary],
    headers.get("cache-control"),
    resolver.varies,
  );
  headers.set("cache-control", final.cacheControl);
  if (final.vary !== null) headers.set("vary", final.vary);
  const report = (error: unknown): Error => {
    reportFailure(events, error);
    // Not the error itself: @hono/node-server writes its message to the client.
    return new Error("Internal error");
  };
  const scoped = body === null ? null : scopedBody(body, inside, report);
  return new Response(scoped, { status, statusText, headers });
}
