import type { TenantryError } from "../../core/tenantry-error.js";
import { answerTo } from "../answer.js";
import type { Reply } from "./contract.js";

/** Of every answer of identity: for this client alone, and nothing that a page could show or guess at. */
const always = {
  "cache-control": "no-store",
  "x-content-type-options": "nosniff",
  "cross-origin-resource-policy": "same-origin",
  "referrer-policy": "no-referrer",
};

export function toResponse({ status, body, cookies = [], headers = {} }: Reply): Response {
  const all = new Headers({ ...always, ...headers });
  for (const cookie of cookies) all.append("set-cookie", cookie);
  if (body === undefined) return new Response(null, { status, headers: all });
  if (!all.has("content-type")) all.set("content-type", "application/json");
  return new Response(JSON.stringify(body), { status, headers: all });
}

/** What a client gets to see of an error; with the problems of what its user chose, where there are some. */
export function errorReply(error: TenantryError): Reply {
  const { status, headers: all } = answerTo(error);
  const { problems } = error;
  const headers = Object.fromEntries(
    Object.entries(all).filter(([name]) => name !== "content-length"),
  );
  const body = problems === undefined ? error.toPublic() : { ...error.toPublic(), problems };
  return { status, headers, body };
}

/**
 * The same as RFC 6749 §5.2 has it. What a grant was refused for is not told.
 * @param error of the token endpoint
 */
export function oauthErrorReply(error: TenantryError): Reply {
  const code = oauthCodes[error.code] ?? (error.status >= 500 ? "server_error" : "invalid_request");
  const plain = errorReply(error);
  const status = code === "invalid_grant" ? 400 : plain.status;
  const { "www-authenticate": challenge, ...headers } = plain.headers ?? {};
  return {
    status,
    headers:
      status === 401 && challenge !== undefined
        ? { "www-authenticate": challenge, ...headers }
        : headers,
    body: { error: code },
  };
}

/** All that a subject, a code or a refresh token may be refused for is one and the same. */
const oauthCodes: Readonly<Partial<Record<TenantryError["code"], string>>> = {
  GRANT_REFUSED: "invalid_grant",
  AUTHORIZATION_CODE_INVALID: "invalid_grant",
  REFRESH_INVALID: "invalid_grant",
  SESSION_REQUIRED: "invalid_grant",
  TENANT_NOT_FOUND: "invalid_grant",
  TENANT_INACTIVE: "invalid_grant",
  TENANT_UNRESOLVED: "invalid_grant",
  TOKEN_REQUIRED: "invalid_client",
  TOKEN_INVALID: "invalid_client",
  TOKEN_STALE: "invalid_client",
  SIGN_IN_LIMITED: "slow_down",
  DATABASE_UNAVAILABLE: "temporarily_unavailable",
  REGISTRY_UNAVAILABLE: "temporarily_unavailable",
};
