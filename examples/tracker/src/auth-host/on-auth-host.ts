import type { Request, RequestHandler } from "express";
import { isTenantryError, type IncomingRequest } from "tenantry";
import type { TrackerIdentity } from "../identity/open-identity.js";

/** Lets `pages` serve the auth host alone. A host that is malformed is for tenancy to refuse. */
export function onAuthHost(
  { issuer, requests }: TrackerIdentity,
  pages: RequestHandler,
): RequestHandler {
  const isAuthHost = (request: Request): boolean => {
    try {
      return requests.hostOf(incoming(request)) === issuer.hostname;
    } catch (error) {
      if (isTenantryError(error, "TENANT_UNRESOLVED")) return false;
      throw error;
    }
  };
  return (request, response, next) => {
    if (!isAuthHost(request)) return next();
    return pages(request, response, next);
  };
}

function incoming({ method, originalUrl, rawHeaders, socket }: Request): IncomingRequest {
  const headers: (readonly [string, string])[] = [];
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    headers.push([rawHeaders[index]!, rawHeaders[index + 1]!]);
  }
  return { method, target: originalUrl, headers, remoteAddress: socket.remoteAddress ?? null };
}
