import { refused } from "./refusal.js";

/** One request of a call: the first, or one that a redirect led to. */
export interface Hop {
  readonly url: URL;
  readonly method: string;
  readonly headers: Headers;
  readonly body: BodyInit | null;
  /** What stays the same in all hops of a call: its signal, the caller's own settings. */
  readonly settings: RequestInit;
}

/** Reads everything of a call once, so that what is decided on is what is sent. */
export function firstHop(input: string | URL | Request, init: RequestInit): Hop {
  const request = isRequest(input) ? input : null;
  const { method, headers, body, redirect: _, ...own } = init;
  const given = Object.fromEntries(Object.entries(own).filter(([, value]) => value !== undefined));
  return {
    url: withoutUser(new URL(request === null ? String(input as string | URL) : request.url)),
    method: canonicalMethod(method ?? request?.method ?? "GET"),
    headers: new Headers(headers ?? request?.headers),
    body: body ?? request?.body ?? null,
    settings: { ...settingsOf(request), ...given },
  };
}

export function redirectModeOf(input: unknown, init: RequestInit): RequestRedirect {
  return init.redirect ?? (isRequest(input) ? input.redirect : "follow");
}

/** @throws {TenantryError} `OUTBOUND_REFUSED`, where fetch throws a TypeError */
export function withoutUser(url: URL): URL {
  if (url.username === "" && url.password === "") return url;
  throw refused(
    "A URL with a user or a password in it was to be fetched.",
    "Leave them out; send an Authorization header.",
  );
}

/** Whether a body may be sent again: a stream is gone once it was read. */
export function isReplayable(body: BodyInit): boolean {
  if (typeof body === "string" || ArrayBuffer.isView(body) || body instanceof ArrayBuffer) {
    return true;
  }
  return body instanceof Blob || body instanceof FormData || body instanceof URLSearchParams;
}

/** By what it has, since a host may have put a Request of its own in place of the global one. */
function isRequest(input: unknown): input is Request {
  if (typeof input !== "object" || input === null || input instanceof URL) return false;
  const { url, headers, method } = input as Partial<Request>;
  return typeof url === "string" && typeof method === "string" && typeof headers === "object";
}

function settingsOf(request: Request | null): RequestInit {
  if (request === null) return {};
  const { signal, cache, credentials, integrity, keepalive, referrerPolicy } = request;
  return { signal, cache, credentials, integrity, keepalive, referrerPolicy };
}

/** Fetch §2.2.1: these are spelled in capitals, however the caller did; others stay. */
function canonicalMethod(method: string): string {
  return /^(?:delete|get|head|options|post|put)$/i.test(method) ? method.toUpperCase() : method;
}
