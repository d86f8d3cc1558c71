import { bearerToken } from "../../resolver/access-token/bearer.js";
import { tokenInvalid, tokenRequired } from "../../resolver/access-token/token-errors.js";
import type { IncomingRequest, Resolver, Signal } from "../../resolver/contract.js";
import type { ApiKeys } from "../api-key/api-keys.js";
import { isKeyText } from "../api-key/key-text.js";
import type { TokenVerifier, VerifiedAccessToken } from "../token/index.js";
import { issueCredential } from "./credential.js";

/** Says whether a verified token is stale by now. */
export interface CurrentAuthority {
  /** @throws {TenantryError} `TOKEN_STALE`; what the database throws, where it had to be asked */
  assertCurrent(claims: VerifiedAccessToken): Promise<void> | void;
}

export interface CredentialParts {
  readonly verifier: TokenVerifier;
  readonly authority: CurrentAuthority;
  readonly apiKeys: Pick<ApiKeys, "use">;
}

export interface FromCredentialsOptions {
  /**
   * Whether a request without a credential is refused with `TOKEN_REQUIRED`; or for which requests.
   * Default false: then it goes on as anonymous, and `requirePermission` refuses it.
   */
  readonly required?: boolean | ((request: IncomingRequest) => boolean);
}

/**
 * Reads the tenant and the actor from `Authorization: Bearer`: one of identity's own access tokens, or
 * a key of the tenant's. The host's tenant must be the same.
 */
export function fromCredentials(
  { verifier, authority, apiKeys }: CredentialParts,
  { required = false }: FromCredentialsOptions = {},
): Resolver {
  // Anything but false, from a function that was not compiled with types, is yes.
  const isRequired: (request: IncomingRequest) => unknown =
    typeof required === "function" ? required : () => required;

  async function ofKey(text: string): Promise<Signal> {
    const holder = await apiKeys.use(text);
    if (holder === null) throw tokenInvalid("it is no key in force of an active tenant");
    const { tenant, actor } = holder;
    const detail = "id" in actor ? actor.id : actor.kind;
    const credential = issueCredential({ kind: "api-key", holder });
    return { source: "api-key", key: { by: "id", value: tenant.id }, detail, actor, credential };
  }

  async function ofToken(text: string): Promise<Signal> {
    const claims = await verifier.verify(text);
    await authority.assertCurrent(claims);
    return {
      source: "access-token",
      key: { by: "id", value: claims.tenantId },
      detail: claims.tokenId,
      actor: { kind: "user", id: claims.accountId },
      credential: issueCredential({ kind: "access-token", claims }),
    };
  }

  return Object.freeze({
    name: "credentials",
    varies: Object.freeze(["authorization"]),
    async read(request: IncomingRequest): Promise<Signal | null> {
      const text = bearerToken(request);
      if (text !== null) return isKeyText(text) ? ofKey(text) : ofToken(text);
      if (isRequired(request) !== false) throw tokenRequired("the request has none");
      return null;
    },
  });
}
