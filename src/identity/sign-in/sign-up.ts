import type { Caller } from "../caller.js";
import { parseEmailAddress } from "../email/email-address.js";
import { attemptOf } from "./mail-attempt.js";
import type { SignInParts } from "./parts.js";

export interface Credentials {
  readonly email: unknown;
  readonly password: unknown;
}

/**
 * Makes an account, and sends a letter either way: to confirm the address, or to say that it has an
 * account already. Whoever signs up is told nothing, and the same work is done for both.
 */
export async function signUp(
  parts: SignInParts,
  { email, password }: Credentials,
  caller: Caller,
): Promise<void> {
  const { accounts, emailTokens, hasher, rules, attempts, letters } = parts;
  const parsed = parseEmailAddress(email);
  await rules.check(password, { emailAddress: parsed.address });
  await attempts.begin(attemptOf(parsed.key, caller));
  const passwordHash = await hasher.hash(password as string);
  await accounts.create({ email: parsed, passwordHash }, caller);
  // Asked for either way: a statement less would tell.
  const known = await accounts.findByEmail(parsed.key);
  if (known === null) return;
  const token = await emailTokens.issue(known, "verify-email");
  // One who signs up again before he confirmed lost the letter; his first password stays.
  if (known.emailVerifiedAt === null) letters.verifyEmail(known.email, token);
  else letters.alreadyRegistered(known.email);
}
