import { z } from "zod";
import { isTenantryError } from "../../core/tenantry-error.js";
import type { Endpoint, Given, Reply } from "./contract.js";
import { endpoint } from "./endpoint.js";
import * as shape from "./shapes.js";

const body = z.object({
  token: shape.text(8_192),
  token_type_hint: shape.text(64).optional(),
  client_id: shape.clientId.optional(),
});
type Body = z.infer<typeof body>;

const introspection = z.object({
  active: z.boolean(),
  iss: z.string().optional(),
  aud: z.string().optional(),
  sub: z.string().optional(),
  tenant_id: z.string().optional(),
  org_role: z.string().optional(),
  permissions: z.array(z.string()).optional(),
  jti: z.string().optional(),
  iat: z.number().optional(),
  exp: z.number().optional(),
  token_type: z.string().optional(),
  /** Who acts in the subject's name (RFC 8693 §4.1). */
  act: z.object({ sub: z.string() }).optional(),
});

export const revokeEndpoints: readonly Endpoint[] = [
  endpoint<Body>({
    ...{ method: "POST", path: "/auth/revoke", audience: "any-host", authentication: "none" },
    summary:
      "Ends a refresh token's grant, with its access tokens; or one access token (RFC 7009).",
    body: { format: "form", schema: body },
    answer: { status: 200 },
    checksOrigin: false,
    oauthErrors: true,
    handle: revoke,
  }),
  endpoint<Body>({
    ...{ method: "POST", path: "/auth/introspect", audience: "any-host", authentication: "key" },
    summary: "What an access token says, to a key of the same tenant (RFC 7662).",
    body: { format: "form", schema: body },
    answer: { status: 200, schema: introspection },
    checksOrigin: false,
    oauthErrors: true,
    handle: introspect,
  }),
];

/** RFC 7009 §2.2: 200 whatever the token was. Whoever holds a token may end it. */
async function revoke({ identity, body, caller }: Given<Body>): Promise<Reply> {
  const tenantId = identity.grants.tenantOf(body.token);
  if (tenantId !== null) {
    await identity.grants.endByToken(tenantId, body.token, "revoked").catch(ifUnknown);
    return { status: 200 };
  }
  const claims = await identity.verifier.verify(body.token).catch(ifInvalid);
  if (claims !== null) {
    const { tenantId, tokenId, expiresAt } = claims;
    const until = new Date(expiresAt * 1000);
    await identity.authority.denyToken(tenantId, tokenId, until, "revoked", caller);
  }
  return { status: 200 };
}

/** RFC 7662 §2.2: to anyone but a key of the token's own tenant, and for anything but a token in force, `active: false`. */
async function introspect(given: Given<Body>): Promise<Reply> {
  const { identity, body } = given;
  const holder = await given.keyHolder();
  const claims = await identity.verifier.verify(body.token).catch(ifInvalid);
  if (claims === null || claims.tenantId !== holder.tenant.id) return inactive;
  try {
    await identity.authority.assertCurrent(claims);
  } catch (error) {
    if (isTenantryError(error, "TOKEN_STALE")) return inactive;
    throw error;
  }
  const { issuer: iss, audience: aud, accountId: sub, tokenId: jti } = claims;
  return {
    status: 200,
    body: {
      active: true,
      ...{ iss, aud, sub, jti, tenant_id: claims.tenantId, org_role: claims.role },
      permissions: claims.permissions,
      ...{ iat: claims.issuedAt, exp: claims.expiresAt, token_type: "Bearer" },
      ...(claims.actor === undefined ? {} : { act: { sub: claims.actor.accountId } }),
    },
  };
}

const inactive: Reply = { status: 200, body: { active: false } };

/** Else anyone could ask which tenants there are. */
function ifUnknown(error: unknown): false {
  if (isTenantryError(error, "TENANT_NOT_FOUND")) return false;
  throw error;
}

function ifInvalid(error: unknown): null {
  if (isTenantryError(error, "TOKEN_INVALID")) return null;
  throw error;
}
