import { emitEvent } from "../../core/event.js";
import { TenantryError } from "../../core/tenantry-error.js";
import type { Account } from "../account/account.js";
import type { Caller } from "../caller.js";
import { parseEmailAddress } from "../email/email-address.js";
import type { Session } from "../session/session.js";
import { attemptOf } from "./mail-attempt.js";
import type { SignInParts } from "./parts.js";
import { provePassword } from "./sign-in.js";

/**
 * Sends a link to the address, if it has an account. Whoever asks is told nothing, not by the time that it
 * takes either: what there is to do is done after the answer.
 */
export async function forgotPassword(
  parts: SignInParts,
  email: unknown,
  caller: Caller,
): Promise<void> {
  const { key } = parseEmailAddress(email);
  await parts.attempts.begin(attemptOf(key, caller));
  void sendResetLink(parts, key).catch((error: unknown) =>
    emitEvent(parts.events, {
      type: "mail.failed",
      severity: "warning",
      message: `A link to reset a password could not be made: ${error instanceof Error ? error.name : "unknown"}.`,
      detail: { kind: "reset-password" },
    }),
  );
}

async function sendResetLink(
  { accounts, emailTokens, letters }: SignInParts,
  emailKey: string,
): Promise<void> {
  const account = await accounts.findByEmail(emailKey);
  if (account?.status !== "active") return;
  letters.resetPassword(account.email, await emailTokens.issue(account, "reset-password"));
}

/** Ends every session and grant of the account: whoever had the old password is out. */
export async function resetPassword(
  parts: SignInParts,
  { token, password }: { readonly token: unknown; readonly password: unknown },
  caller: Caller,
): Promise<void> {
  // Before the link is used up: a password that is not acceptable leaves it good.
  const account = await parts.emailTokens.find(token, "reset-password");
  if (account === null) throw linkInvalid();
  await parts.rules.check(password, { emailAddress: account.email });
  const passwordHash = await parts.hasher.hash(password as string);
  if ((await parts.emailTokens.use(token, "reset-password", caller)) === null) throw linkInvalid();
  await setPassword(
    parts,
    account,
    { passwordHash, because: "reset", keepSessionId: null },
    caller,
  );
}

/** Asks for the old password; ends the account's other sessions. */
export async function changePassword(
  parts: SignInParts,
  session: Session,
  { current, password }: { readonly current: unknown; readonly password: unknown },
  caller: Caller,
): Promise<void> {
  const account = await parts.accounts.find(session.accountId);
  if (account === null) throw linkInvalid();
  await provePassword(parts, account, current, caller);
  await parts.rules.check(password, { emailAddress: account.email });
  const passwordHash = await parts.hasher.hash(password as string);
  const change = { passwordHash, because: "changed", keepSessionId: session.id } as const;
  await setPassword(parts, account, change, caller);
}

export async function verifyEmail(
  { emailTokens }: SignInParts,
  token: unknown,
  caller: Caller,
): Promise<Account> {
  const account = await emailTokens.use(token, "verify-email", caller);
  if (account === null) throw linkInvalid();
  return account;
}

async function setPassword(
  { accounts, revocation, letters }: SignInParts,
  account: Account,
  change: {
    readonly passwordHash: string;
    readonly because: "changed" | "reset";
    readonly keepSessionId: string | null;
  },
  caller: Caller,
): Promise<void> {
  await accounts.setPassword({ accountId: account.id, ...change }, caller);
  await revocation.endAccount(account.id, "password-changed", {
    exceptSessionId: change.keepSessionId,
  });
  letters.passwordChanged(account.email);
}

function linkInvalid(): TenantryError {
  return new TenantryError("LINK_INVALID", {
    message: "The link is not good: unknown, used, expired, or of another purpose.",
    fix: "Ask for a new one.",
  });
}
