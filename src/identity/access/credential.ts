import { credentialOf, type TenantScope } from "../../core/scope.js";
import type { KeyHolder } from "../api-key/api-keys.js";
import type { VerifiedAccessToken } from "../token/index.js";

/** What identity proved the actor of a scope by. */
export type IdentityCredential =
  | { readonly kind: "access-token"; readonly claims: VerifiedAccessToken }
  | { readonly kind: "api-key"; readonly holder: KeyHolder };

/** Those that identity made: a resolver of the user's own may keep whatever it likes beside a scope. */
const issued = new WeakSet<object>();

export function issueCredential(credential: IdentityCredential): IdentityCredential {
  const frozen = Object.freeze({ ...credential });
  issued.add(frozen);
  return frozen;
}

/** Null where the actor was not proven here and now: in a job, behind a sealed header, or by `enter`. */
export function identityCredentialOf(scope: TenantScope): IdentityCredential | null {
  const credential = credentialOf(scope);
  if (credential === undefined || !issued.has(credential)) return null;
  return credential as IdentityCredential;
}
