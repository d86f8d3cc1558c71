import { emitEvent } from "../../core/event.js";
import { isTenantryError, TenantryError } from "../../core/tenantry-error.js";
import type { Account } from "../account/account.js";
import type { SignInAttempt } from "../attempts/sign-in-attempts.js";
import type { Caller } from "../caller.js";
import { parseEmailAddress } from "../email/email-address.js";
import type { Session } from "../session/session.js";
import type { SignInParts } from "./parts.js";
import type { Credentials } from "./sign-up.js";

export interface SignInRequest extends Credentials {
  /** The token of the session that the browser has: it ends, whoever's it is. */
  readonly replaces?: unknown;
  /** The tenant on whose host it happens, to count by; absent on the auth host. */
  readonly tenantId?: string;
}

export interface SignedIn {
  readonly session: Session;
  /** For the cookie. Never log it. */
  readonly token: string;
}

/**
 * Signs an account in by its password. One error, after the same work, for an address without an
 * account, a wrong password and a disabled account.
 */
export async function signIn(
  parts: SignInParts,
  { email, password, replaces, tenantId }: SignInRequest,
  caller: Caller,
): Promise<SignedIn> {
  const { key } = parseEmailAddress(email);
  const attempt = await parts.attempts.begin({
    account: key,
    address: caller.address,
    ...(tenantId === undefined ? {} : { tenantId }),
  });
  const account = await parts.accounts.findByEmail(key);
  const fits = await verified(parts, attempt, password, account);
  if (!fits || account === null) throw await refused(parts, account, "wrong-password", caller);
  if (account.status !== "active") throw await refused(parts, account, "disabled", caller);
  await attempt.succeeded();
  if (parts.requireVerifiedEmail && account.emailVerifiedAt === null) throw unverified();
  const started = await start(parts, account, replaces, caller);
  if (started === null) throw await refused(parts, account, "disabled", caller);
  await rehash(parts, account, password as string, caller);
  return started;
}

/** Whether the account of a session has this password: asked again before what is sensitive. */
export async function provePassword(
  parts: SignInParts,
  account: Account,
  password: unknown,
  caller: Caller,
): Promise<void> {
  const attempt = await parts.attempts.begin({
    account: account.emailKey,
    address: caller.address,
  });
  if (!(await verified(parts, attempt, password, account))) {
    throw await refused(parts, account, "wrong-password", caller);
  }
  await attempt.succeeded();
}

async function verified(
  { hasher }: SignInParts,
  attempt: SignInAttempt,
  password: unknown,
  account: Account | null,
): Promise<boolean> {
  const text = typeof password === "string" ? password : "";
  try {
    return await hasher.verify(text, account?.passwordHash ?? null);
  } catch (error) {
    // Nobody looked at the password.
    if (isTenantryError(error, "SIGN_IN_BUSY")) await attempt.withdraw();
    throw error;
  }
}

const start = (
  { sessions }: SignInParts,
  { id, passwordHash }: Account,
  replaces: unknown,
  caller: Caller,
): Promise<SignedIn | null> =>
  sessions.start(
    { accountId: id, methods: ["pwd"], replaces, passwordHash: passwordHash! },
    caller,
  );

/** Under today's cost; a busy hasher leaves it for the next time. */
async function rehash(
  { hasher, accounts }: SignInParts,
  { id, passwordHash }: Account,
  password: string,
  caller: Caller,
): Promise<void> {
  if (passwordHash === null || !hasher.needsRehash(passwordHash)) return;
  try {
    const change = { accountId: id, because: "rehashed", keepSessionId: null } as const;
    await accounts.setPassword({ ...change, passwordHash: await hasher.hash(password) }, caller);
  } catch (error) {
    if (!isTenantryError(error, "SIGN_IN_BUSY")) throw error;
  }
}

/** Written for an address without an account as well, so that both take a statement. */
async function refused(
  { accounts, events }: SignInParts,
  account: Account | null,
  because: "wrong-password" | "disabled",
  caller: Caller,
): Promise<TenantryError> {
  await accounts.noteRefusedSignIn(account?.id ?? null, because, caller);
  emitEvent(events, {
    type: "sign-in.refused",
    severity: "warning",
    message: "A sign-in was refused.",
    detail: { because: account === null ? "no-account" : because, accountId: account?.id ?? null },
  });
  return new TenantryError("SIGN_IN_REFUSED", {
    message: "The address and the password do not sign anybody in.",
    fix: "Type both again, or ask for a new password.",
  });
}

/** Only whoever knows the password gets to see it. */
function unverified(): TenantryError {
  return new TenantryError("EMAIL_UNVERIFIED", {
    message: "The account's address was not verified yet.",
    fix: "Follow the link in the letter, or ask for another one by signing up again.",
  });
}
