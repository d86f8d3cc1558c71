import { TenantryError } from "../../core/tenantry-error.js";
import type { Identity } from "../../identity/index.js";
import type { IncomingRequest } from "../../resolver/contract.js";
import type { Given } from "./contract.js";
import { readCookie, sessionCookie } from "./cookies.js";

/** What may sign a request in: each is asked when a handler asks, and not before. */
export function credentialsOf(
  { requests, sessions, issuer }: Identity,
  incoming: IncomingRequest,
  { request, caller, host }: Pick<Given, "request" | "caller" | "host">,
): Pick<Given, "tenant" | "cookie" | "findSession" | "session" | "member" | "keyHolder"> {
  const cookie = (name: string): string | null => readCookie(request.headers.get("cookie"), name);
  const findSession: Given["findSession"] = async () => {
    const token = cookie(sessionCookie);
    return token === null ? null : sessions.find(token);
  };
  return {
    cookie,
    findSession,
    tenant: () => requests.tenantOf(incoming),
    keyHolder: () => requests.keyHolderOf(incoming, host === issuer.hostname),
    async session() {
      const session = await findSession();
      if (session === null) throw sessionRequired();
      return session;
    },
    async member() {
      const { tenant, claims } = await requests.memberOf(incoming);
      if (claims.actor !== undefined && request.method !== "GET") throw impersonated();
      return { tenant, claims, by: { accountId: claims.accountId, caller } };
    },
  };
}

function sessionRequired(): TenantryError {
  return new TenantryError("SESSION_REQUIRED", {
    message: "The request has no session that is in force.",
    fix: "Sign in first.",
  });
}

function impersonated(): TenantryError {
  return new TenantryError("PERMISSION_DENIED", {
    message: "An operator who acts as a member changes nothing of the tenant's people.",
    fix: "Do it as a member of your own right.",
  });
}
