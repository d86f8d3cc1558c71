import type { IncomingRequest, Resolver, Signal } from "../contract.js";
import { bearerToken } from "./bearer.js";
import type { FromAccessTokenOptions } from "./options.js";
import { accessTokenVerifier } from "./verify-access-token.js";
import { tokenRequired } from "./token-errors.js";

/**
 * Reads the tenant and the user from an access token in `Authorization: Bearer`: a JWT of type
 * `at+jwt`, verified as RFC 9068 §4 asks. The type keeps ID tokens and the like out.
 *
 * A good token that names no tenant is refused with `TOKEN_REQUIRED`, also where none is required:
 * to go on without it would serve a known user under a tenant that the token was not issued for.
 *
 * An ES256 signature has a second valid spelling that anyone can work out, so nothing may be keyed
 * on a token's text, only on its verified `jti`.
 *
 * @throws {TenantryError} `CONFIG_INVALID`; on reading `TOKEN_REQUIRED`, `TOKEN_INVALID`,
 * `TOKEN_KEYS_UNAVAILABLE`
 */
export function fromAccessToken(options: FromAccessTokenOptions): Resolver {
  const verify = accessTokenVerifier(options);
  const { required = false } = options;
  const isRequired: (request: IncomingRequest) => unknown =
    typeof required === "function" ? required : () => required;
  return Object.freeze({
    name: "access-token",
    varies: Object.freeze(["authorization"]),
    async read(request: IncomingRequest): Promise<Signal | null> {
      const token = bearerToken(request);
      if (token !== null) {
        const { tenantId, userId, detail } = await verify(token);
        const actor = { kind: "user", id: userId } as const;
        return { source: "access-token", key: { by: "id", value: tenantId }, detail, actor };
      }
      if (isRequired(request) !== false) throw tokenRequired("the request has none");
      return null;
    },
  });
}
