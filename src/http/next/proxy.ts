import { runInScope } from "../../core/context.js";
import type { IncomingRequest } from "../../resolver/contract.js";
import type { Tenantry } from "../../tenantry.js";
import { decide } from "../decide.js";
import { toResponse } from "../fetch/responses.js";
import { audienceOf, scopeHeader, scopeHeaderLife } from "./scope-header.js";
import type { NextResponseClass } from "./slices.js";

/** The slice of a Tenantry that Next.js needs. */
export type NextTenantry = Pick<
  Tenantry,
  "events" | "openSealedHeader" | "resolver" | "sealedHeader"
>;

/**
 * What proxy.ts exports. Next.js runs it apart from the code behind it: an AsyncLocalStorage that is
 * set here reaches no component, route handler or action. So the answer travels in a header, sealed
 * for this host; whatever a client sent under that name is overwritten or dropped.
 */
export async function serveProxy(
  tenantry: NextTenantry,
  NextResponse: NextResponseClass,
  request: Request,
): Promise<Response> {
  const decision = await decide(tenantry, incoming(request));
  if (decision.kind === "refused") return toResponse(decision, request.method);
  const headers = new Headers(request.headers);
  headers.delete(scopeHeader);
  if (decision.kind === "tenant") {
    const audience = audienceOf(headers.get("host"));
    const seal = runInScope(decision.scope, () =>
      tenantry.sealedHeader({ audience, lifetimeSeconds: scopeHeaderLife }),
    );
    headers.set(scopeHeader, seal);
  }
  return NextResponse.next({ request: { headers } });
}

/**
 * The URL's host is Next.js's own address, not what the client asked for; Host is. The peer is
 * unknown here, so no forwarded header is believed.
 */
function incoming({ method, url, headers }: Request): IncomingRequest {
  const { pathname, search } = new URL(url);
  return { method, target: `${pathname}${search}`, headers: [...headers], remoteAddress: null };
}
