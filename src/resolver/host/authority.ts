import { LRUCache } from "lru-cache";
import type { AuthorityReader, IncomingRequest } from "../contract.js";
import { headerValues } from "../headers.js";
import { excerpt, unresolved } from "../refusal.js";
import { readTarget } from "../request-target.js";
import { parseHost } from "./host-name.js";
import { trustedProxies, type IsTrustedProxy } from "./trusted-proxies.js";

/**
 * Reads the effective host of requests. It is the Host header (`:authority` in HTTP/2), exactly
 * one of it, and an absolute-form target must name the same host (RFC 9112 §3.2.2 would let the
 * target win, but what then reads Host would see another tenant).
 *
 * From a trusted proxy, `X-Forwarded-Host` takes its place and must be a single value; the proxy
 * has to overwrite what clients send. From anyone else it is ignored: neither believed nor an
 * error. `Forwarded` (RFC 7239) is never read: two headers that can disagree are one too many.
 *
 * @param proxies see `trustedProxies`
 * @throws {TenantryError} `CONFIG_INVALID`
 */
export function createAuthorityReader(proxies: readonly string[]): AuthorityReader {
  const isTrusted = trustedProxies(proxies);
  let latest: { readonly request: IncomingRequest; readonly host: string } | null = null;
  return Object.freeze({
    varies: Object.freeze(proxies.length > 0 ? ["x-forwarded-host"] : []),
    hostOf(request: IncomingRequest): string {
      // Several resolvers ask for the same request's in turn.
      if (latest?.request !== request) {
        latest = { request, host: effectiveHost(request, isTrusted) };
      }
      return latest.host;
    },
  });
}

function effectiveHost(request: IncomingRequest, isTrusted: IsTrustedProxy): string {
  const addressed = addressedHost(request);
  const host = forwardedHost(request, isTrusted) ?? addressed;
  return nameOf(host);
}

/** Hosts that were parsed, because each comes again and again. As many as a process is likely to serve. */
const names = new LRUCache<string, string>({ max: 2_000 });

function nameOf(host: string): string {
  const known = names.get(host);
  if (known !== undefined) return known;
  const parsed = parseHost(host);
  if (!parsed.ok) throw unresolved(`${parsed.problem}: ${excerpt(host)}`);
  names.set(host, parsed.name);
  return parsed.name;
}

/** The host that the request itself is addressed to, as spelled in it. */
function addressedHost(request: IncomingRequest): string {
  const host = atMostOne(request, "host");
  const authority = atMostOne(request, ":authority");
  const addressed = authority ?? host;
  if (addressed === null) throw unresolved("the request has no Host header");
  if (host !== null && !sameHost(addressed, host)) {
    throw unresolved("its Host header and its :authority differ");
  }
  const target = readTarget(request.target);
  if (target.form === "malformed") throw unresolved("its request target is malformed");
  if (target.form === "absolute" && !sameHost(target.authority, addressed)) {
    throw unresolved("its absolute-form target and its Host header differ");
  }
  return addressed;
}

function forwardedHost(request: IncomingRequest, isTrusted: IsTrustedProxy): string | null {
  return isTrusted(request.remoteAddress) ? atMostOne(request, "x-forwarded-host") : null;
}

function atMostOne(request: IncomingRequest, name: string): string | null {
  const values = headerValues(request, name);
  if (values.length > 1) throw unresolved(`the request has ${values.length} ${name} headers`);
  return values[0] ?? null;
}

function sameHost(one: string, other: string): boolean {
  if (one === other) return true;
  const [first, second] = [parseHost(one), parseHost(other)];
  return first.ok && second.ok && first.name === second.name;
}
