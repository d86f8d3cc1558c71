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
  const { method, headers, body, ...own } = init;
  const given = Object.fromEntries(Object.entries(own).filter(([, value]) => value !== undefined));
  return {
    url: withoutUser(new URL(textOf(input))),
    method: canonicalMethod(method ?? request?.method ?? "GET"),
    headers: new Headers(headers ?? request?.headers),
    body: body ?? request?.body ?? null,
    settings: { ...settingsOf(request), ...given },
  };
}

export function redirectModeOf(input: string | URL | Request, init: RequestInit): RequestRedirect {
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

/** By what it has not, since a host may have put a Request of its own in place of the global one. */
function isRequest(input: string | URL | Request): input is Request {
  return typeof input === "object" && !("href" in input);
}

function textOf(input: string | URL | Request): string {
  if (typeof input === "string") return input;
  return isRequest(input) ? input.url : input.href;
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
