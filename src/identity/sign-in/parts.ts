import type { EventSink } from "../../core/event.js";
import type { Accounts } from "../account/accounts.js";
import type { EmailTokens } from "../account/email-tokens.js";
import type { SignInAttempts } from "../attempts/sign-in-attempts.js";
import type { Letters } from "../mail/letters.js";
import type { PasswordHasher } from "../password/hasher.js";
import type { PasswordRules } from "../password/rules.js";
import type { Revocation } from "../revocation/revocation.js";
import type { Sessions } from "../session/sessions.js";

/** What signing in with a password is made of. */
export interface SignInParts {
  readonly accounts: Accounts;
  readonly sessions: Sessions;
  readonly emailTokens: EmailTokens;
  readonly hasher: PasswordHasher;
  readonly rules: PasswordRules;
  readonly attempts: SignInAttempts;
  readonly letters: Letters;
  readonly revocation: Pick<Revocation, "endAccount">;
  readonly events: EventSink;
  readonly requireVerifiedEmail: boolean;
}
