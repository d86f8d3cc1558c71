import type { Account } from "../account/account.js";
import type { Caller } from "../caller.js";
import type { Session } from "../session/session.js";
import { changePassword, forgotPassword, resetPassword, verifyEmail } from "./passwords.js";
import type { SignInParts } from "./parts.js";
import { signIn, type SignedIn, type SignInRequest } from "./sign-in.js";
import { signUp, type Credentials } from "./sign-up.js";

/**
 * Signing in with an address and a password. No answer, and no time that it takes, tells whether an
 * address has an account; the letters do, to the address itself.
 */
export interface SignIn {
  /** @throws {TenantryError} `EMAIL_INVALID`, `PASSWORD_WEAK`, `SIGN_IN_LIMITED`, `SIGN_IN_BUSY` */
  signUp(credentials: Credentials, caller: Caller): Promise<void>;
  /**
   * @throws {TenantryError} `SIGN_IN_REFUSED`, `SIGN_IN_LIMITED`, `SIGN_IN_BUSY`, `EMAIL_INVALID`;
   * `EMAIL_UNVERIFIED` to whoever knows the password
   */
  signIn(request: SignInRequest, caller: Caller): Promise<SignedIn>;
  /** @throws {TenantryError} `LINK_INVALID` */
  verifyEmail(token: unknown, caller: Caller): Promise<Account>;
  /** @throws {TenantryError} `EMAIL_INVALID`, `SIGN_IN_LIMITED` */
  forgotPassword(email: unknown, caller: Caller): Promise<void>;
  /** @throws {TenantryError} `LINK_INVALID`, `PASSWORD_WEAK`, `SIGN_IN_BUSY` */
  resetPassword(reset: { token: unknown; password: unknown }, caller: Caller): Promise<void>;
  /** @throws {TenantryError} `SIGN_IN_REFUSED`, `SIGN_IN_LIMITED`, `PASSWORD_WEAK`, `SIGN_IN_BUSY` */
  changePassword(
    session: Session,
    change: { current: unknown; password: unknown },
    caller: Caller,
  ): Promise<void>;
}

export function createSignIn(parts: SignInParts): SignIn {
  return {
    signUp: (credentials, caller) => signUp(parts, credentials, caller),
    signIn: (request, caller) => signIn(parts, request, caller),
    verifyEmail: (token, caller) => verifyEmail(parts, token, caller),
    forgotPassword: (email, caller) => forgotPassword(parts, email, caller),
    resetPassword: (reset, caller) => resetPassword(parts, reset, caller),
    changePassword: (session, change, caller) => changePassword(parts, session, change, caller),
  };
}
