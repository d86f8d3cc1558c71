import type { SignInAttemptOf } from "../attempts/sign-in-attempts.js";
import type { Caller } from "../caller.js";

/**
 * Letters are counted as failed sign-ins are, so that nobody's mailbox is flooded, but under a name of
 * their own: whoever asks for letters must not lock the account.
 */
export function attemptOf(emailKey: string, { address }: Caller): SignInAttemptOf {
  return { account: `letter ${emailKey}`, address };
}
