import type { Tenant } from "../../core/tenant.js";
import type { Caller } from "../caller.js";
import type { Granted } from "../grant/index.js";
import type { Session } from "../session/session.js";
import type { RedirectTarget } from "./redirect-target.js";

/** What a code is for. Tenant and redirect URI come together, from `RedirectTargets.find`. */
export interface CodeRequest extends RedirectTarget {
  /** Of the account that is signed in at the auth host. */
  readonly session: Pick<Session, "id" | "accountId">;
  /** S256 (RFC 7636 §4.2); see `isCodeChallenge`. */
  readonly codeChallenge: string;
  /** The OAuth client: 1 to 128 printable characters, or null where there is only one's own. */
  readonly client: string | null;
  /** 1 to 255 printable characters, handed back by `redeem`; null where none came. */
  readonly nonce: string | null;
}

/** What comes with a code at the token endpoint, as it came: anything may be anything. */
export interface CodeRedemption {
  /** Whose host, or client, it is: never a parameter of the request. */
  readonly tenant: Tenant;
  readonly code: unknown;
  readonly codeVerifier: unknown;
  readonly redirectUri: unknown;
  readonly client: string | null;
}

export interface Redeemed extends Granted {
  /** As it was when the code was asked for. */
  readonly nonce: string | null;
}

/** Authorization codes (RFC 6749 §4.1) with PKCE: each for one tenant, one use and one minute. */
export interface AuthorizationCodes {
  /**
   * Gives a code to the account of a session. One round trip.
   * @returns the code, 43 characters of base64url. Never log it.
   * @throws {TenantryError} `GRANT_REFUSED` where account, membership, session or tenant is not
   * active, the same for every reason; `CONFIG_INVALID` for what should have been checked before; what
   * the database throws
   */
  issue(request: CodeRequest, caller: Caller): Promise<string>;
  /**
   * Exchanges a code for a grant. Three round trips. The first presentation takes the code, whatever
   * comes of it: a wrong verifier, another client or redirect URI included, and a failure of the
   * database as well. A second one, with whatever beside it, ends the grant that came of the first
   * (RFC 6749 §4.1.2), even where both come at once; so of many at once one at most is answered with a
   * grant, and that one is over. A day after its expiry a code is forgotten, and unknown.
   * @throws {TenantryError} `AUTHORIZATION_CODE_INVALID`, the same for every reason: the event alone
   * tells which; `GRANT_REFUSED` where account, membership or session is no longer active;
   * `CONFIG_INVALID`; what the database throws
   */
  redeem(redemption: CodeRedemption, caller: Caller): Promise<Redeemed>;
}
