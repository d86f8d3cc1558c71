import { currentContext, currentScope } from "../core/context.js";
import { emitEvent, type EventSink } from "../core/event.js";
import type { TenantScope } from "../core/scope.js";
import type { KeyRing } from "../core/seal/key-ring.js";
import { sealedHeaderName, sealHeader } from "../core/seal/service-seal.js";
import { firstHop, redirectModeOf, type Hop } from "./hop.js";
import type { FetchFunction, ServiceOption, TenantryFetch } from "./options.js";
import { redirected } from "./redirect.js";
import { configInvalid, refused } from "./refusal.js";
import { readServices, type FindService, type Service } from "./services.js";

/** Most redirects of one call (Fetch §4.4). */
export const mostRedirects = 20;

export interface OutboundOptions {
  readonly keys: KeyRing;
  readonly events: EventSink;
  readonly services: readonly ServiceOption[];
  /** Default: the global `fetch`, looked up at each call. */
  readonly fetch?: FetchFunction | undefined;
}

/**
 * A `fetch` that tells one's own services for whom a call is, and nobody else: see `Tenantry.fetch`.
 * @throws {TenantryError} `CONFIG_INVALID`
 */
export function createOutboundFetch(options: OutboundOptions): TenantryFetch {
  const { keys, events, fetch: given } = options;
  if (given !== undefined && typeof given !== "function") {
    throw configInvalid("`fetch` is no function.", "Leave it out, or pass a fetch.");
  }
  const find = readServices(options.services);
  const send: FetchFunction = given ?? ((url, init) => globalThis.fetch(url, init));
  return async (input, init = {}) => {
    const mode = redirectModeOf(input, init);
    const first = firstHop(input, init);
    const scope = scopeFor(find(first.url));
    const sealed = (hop: Hop): Hop => withSeal(hop, find(hop.url), scope, keys);
    if (mode !== "follow") return send(...asFetch(sealed(first), mode));
    return follow(first, sealed, send, (from, to) => assertMayLead(from, to, find, events));
  };
}

/** @throws {TenantryError} `SCOPE_REQUIRED` for a service of one's own, before anything is sent */
function scopeFor(service: Service | undefined): TenantScope | null {
  if (service !== undefined) return currentScope();
  const context = currentContext();
  return context?.kind === "tenant" ? context.scope : null;
}

/** A seal of the caller's own making, or one that came in, goes nowhere. */
function withSeal(
  hop: Hop,
  service: Service | undefined,
  scope: TenantScope | null,
  keys: KeyRing,
): Hop {
  const headers = new Headers(hop.headers);
  headers.delete(sealedHeaderName);
  if (service !== undefined) {
    const { audience, lifetimeSeconds } = service;
    headers.set(
      sealedHeaderName,
      sealHeader(keys, scope ?? currentScope(), { audience, lifetimeSeconds }),
    );
  }
  return { ...hop, headers };
}

async function follow(
  first: Hop,
  sealed: (hop: Hop) => Hop,
  send: FetchFunction,
  assertMayLeadTo: (from: URL, to: URL) => void,
): Promise<Response> {
  if (first.settings.integrity) {
    throw refused(
      "`integrity` cannot be checked where redirects are followed.",
      'Pass { redirect: "error" } with it.',
    );
  }
  let hop = first;
  for (let count = 0; ; count += 1) {
    const response = await send(...asFetch(sealed(hop), "manual"));
    const next = await nextOf(hop, response, assertMayLeadTo, count);
    if (next === null) return count === 0 ? response : markRedirected(response);
    hop = next;
  }
}

async function nextOf(
  hop: Hop,
  response: Response,
  assertMayLeadTo: (from: URL, to: URL) => void,
  count: number,
): Promise<Hop | null> {
  let next: Hop | null = null;
  try {
    next = redirected(hop, response);
    if (next === null) return null;
    if (count >= mostRedirects) {
      throw refused(
        `A call was redirected more than ${mostRedirects} times, last by ${hop.url.origin}.`,
        "Look for a loop between the services.",
      );
    }
    assertMayLeadTo(hop.url, next.url);
  } catch (error) {
    await discard(response);
    throw error;
  }
  await discard(response);
  return next;
}

/** The body of a redirect is read by nobody, and would keep its connection. */
async function discard(response: Response): Promise<void> {
  await response.body?.cancel().catch(() => undefined);
}

/**
 * Whoever redirects chooses the path and the parameters of the next request. A stranger shall not
 * choose what is asked of one's own services in a tenant's name.
 */
function assertMayLead(from: URL, to: URL, find: FindService, events: EventSink): void {
  if (find(to) === undefined || find(from) !== undefined) return;
  const error = refused(
    `${from.origin}, which is not among \`services\`, redirected a call to ${to.origin}, which is.`,
    "Call your own service directly; what others redirect to it would run in the tenant's name.",
  );
  const context = currentContext();
  emitEvent(events, {
    type: "outbound.refused",
    severity: "security",
    message: error.message,
    detail: {
      code: error.code,
      from: from.origin,
      to: to.origin,
      tenant: context?.kind === "tenant" ? context.scope.tenant.id : null,
    },
  });
  throw error;
}

function asFetch(hop: Hop, redirect: RequestRedirect): [url: string, init: RequestInit] {
  const { url, method, headers, body, settings } = hop;
  const streams = typeof body === "object" && body !== null ? { duplex: "half" } : {};
  return [url.href, { ...settings, ...streams, method, headers, body, redirect }];
}

/** As fetch would say it; each hop was a request of its own, so none of them knows. */
function markRedirected(response: Response): Response {
  Object.defineProperty(response, "redirected", { value: true, configurable: true });
  return response;
}
