import { impersonationSeconds } from "../impersonation/impersonation.js";
import type { IdentityOptions } from "../options.js";
import { createSigningKeys, createTokenIssuer, createTokenVerifier } from "../token/index.js";
import type { Foundation } from "./foundation.js";

/** The keys, who signs with them, and who checks it. @throws {TenantryError} `CONFIG_INVALID` */
export function composeTokens(
  { database, keys: ring, issuer, audience }: Foundation,
  { algorithm, accessTokenSeconds = 3_600, impersonationMinutes = 15 }: IdentityOptions<string>,
) {
  const named = { issuer, audience };
  const keys = createSigningKeys({
    ...{ database, ring },
    ...(algorithm === undefined ? {} : { algorithm }),
  });
  const issue = (lifetimeSeconds: number) => createTokenIssuer({ ...named, keys, lifetimeSeconds });
  return {
    signingKeys: keys,
    verifier: createTokenVerifier({ ...named, keySet: keys.published }),
    tokens: issue(accessTokenSeconds),
    impersonationTokens: issue(impersonationSeconds(impersonationMinutes)),
  };
}
