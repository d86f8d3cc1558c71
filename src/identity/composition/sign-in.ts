import { createEmailTokens } from "../account/email-tokens.js";
import { createSignInAttempts } from "../attempts/sign-in-attempts.js";
import type { IdentityOptions } from "../options.js";
import { createPasswordHasher } from "../password/hasher.js";
import { createPasswordRules } from "../password/rules.js";
import type { Revocation } from "../revocation/revocation.js";
import { createSignIn } from "../sign-in/create-sign-in.js";
import type { Foundation } from "./foundation.js";

/** Signing in with a password. @throws {TenantryError} `CONFIG_INVALID`, `SECRET_WEAK` */
export function composeSignIn(
  { database, accounts, sessions, letters, serviceName, events }: Foundation,
  revocation: Revocation,
  options: IdentityOptions<string>,
) {
  const { isBreached, ...cost } = options.passwords ?? {};
  // Counters are named by it: while the secret is rotated they begin anew.
  const [secret = ""] = [options.secret].flat();
  return createSignIn({
    ...{ accounts, sessions, letters, revocation, events },
    emailTokens: createEmailTokens(database),
    hasher: createPasswordHasher({ ...cost, onEvent: events }),
    rules: createPasswordRules({
      ...{ serviceName, onEvent: events },
      ...(isBreached === undefined ? {} : { isBreached }),
    }),
    attempts: createSignInAttempts({ ...options.attempts, secret, onEvent: events }),
    requireVerifiedEmail: options.requireVerifiedEmail ?? true,
  });
}
