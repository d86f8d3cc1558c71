import type { IncomingRequest } from "../../resolver/contract.js";
import { headerValues } from "../../resolver/headers.js";
import { trustedProxies } from "../../resolver/host/trusted-proxies.js";

/**
 * Where a request came from: the peer, or, where the peer is a trusted proxy, the last address of
 * `X-Forwarded-For` that is none. What is left of that was written by whoever is not trusted.
 * @throws {TenantryError} `CONFIG_INVALID`
 */
export function clientAddresses(
  proxies: readonly string[],
): (request: IncomingRequest) => string | null {
  const isTrusted = trustedProxies(proxies);
  return (request) => {
    const { remoteAddress } = request;
    if (!isTrusted(remoteAddress)) return remoteAddress;
    const hops = headerValues(request, "x-forwarded-for").flatMap((line) =>
      line.split(",").map((hop) => hop.trim()),
    );
    return hops.findLast((hop) => !isTrusted(hop)) ?? remoteAddress;
  };
}
