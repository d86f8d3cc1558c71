import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import type { KeyRing } from "../../core/seal/key-ring.js";
import { openText, sealText } from "../../core/seal/sealed-text.js";
import { isLocalhost } from "./localhost.js";
import { newPkce } from "./pkce.js";
import { safeReturnPath } from "./return-path.js";
import { signInCookieName, surplusCookies, type SignInCookie } from "./sign-in-cookie.js";

export interface SignInTransactionOptions {
  readonly keys: KeyRing;
  /** Whether cookies of `localhost` go without `__Host-`, which wants TLS. Default false. */
  readonly allowInsecureLocalhost?: boolean;
  /** Milliseconds since the epoch. Default the system's clock. */
  readonly now?: () => number;
}

export interface BegunSignIn {
  readonly cookie: SignInCookie;
  /** Names of cookies to take away: those of sign-ins that nobody came back from. */
  readonly surplus: readonly string[];
  /** 43 characters, which come back with the code. */
  readonly state: string;
  /** For `code_challenge`, method S256. */
  readonly codeChallenge: string;
}

export interface NewSignIn {
  /** In its one spelling, as `AuthorityReader.hostOf` gives it. */
  readonly host: string;
  /** Where to go after it: see `safeReturnPath`. Default `/`. */
  readonly returnTo?: unknown;
  /** Names of the request's cookies, in their order. Six sign-ins are kept, the latest. Default none. */
  readonly cookieNames?: readonly string[];
}

/** Sign-ins under way, each kept in a cookie of the tenant's host that began it. */
export interface SignInTransactions {
  begin(signIn: NewSignIn): BegunSignIn;
  /** The cookie in which a sign-in of that state is: each has its own, so that several tabs can. */
  cookieName(host: string, state: string): string;
  /**
   * What is needed to redeem the code; null where cookie, host and state do not belong together, or
   * ten minutes have passed. That it is used once is up to the code, which is.
   */
  finish(answer: {
    readonly host: string;
    readonly cookieValue: unknown;
    readonly state: unknown;
  }): FinishedSignIn | null;
}

export interface FinishedSignIn {
  readonly codeVerifier: string;
  /** A path on the host. */
  readonly returnTo: string;
}

interface Kept extends FinishedSignIn {
  readonly state: string;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
}

/** Seconds that a person has to sign in. */
const lifetimeSeconds = 600;
/** Longest value that is looked at, in characters: as long as any cookie may be. */
const longestValue = 4096;

export function createSignInTransactions(options: SignInTransactionOptions): SignInTransactions {
  const { keys, allowInsecureLocalhost = false, now = Date.now } = options;
  const cookieName = (host: string, state: string) =>
    signInCookieName(state, !(allowInsecureLocalhost && isLocalhost(host)));

  return {
    begin({ host, returnTo, cookieNames = [] }) {
      const { codeVerifier, codeChallenge } = newPkce();
      const state = randomBytes(32).toString("base64url");
      const kept: Kept = {
        state,
        codeVerifier,
        returnTo: safeReturnPath(returnTo),
        expiresAt: now() + lifetimeSeconds * 1000,
      };
      const sealed = sealText(keys, "sign-in", host, JSON.stringify(kept));
      const value = sealed.toString("base64url");
      return {
        cookie: { name: cookieName(host, state), value, maxAge: lifetimeSeconds },
        surplus: surplusCookies(cookieNames),
        state,
        codeChallenge,
      };
    },
    cookieName,
    finish({ host, cookieValue, state }) {
      const kept = open(keys, host, cookieValue);
      if (kept === null || typeof state !== "string") return null;
      // Hashes, for they are of one length.
      if (!timingSafeEqual(hash(kept.state), hash(state))) return null;
      if (now() >= kept.expiresAt) return null;
      return { codeVerifier: kept.codeVerifier, returnTo: kept.returnTo };
    },
  };
}

function open(keys: KeyRing, host: string, value: unknown): Kept | null {
  if (typeof value !== "string" || value.length > longestValue) return null;
  if (!/^[A-Za-z0-9_-]+$/.test(value)) return null;
  const text = openText(keys, "sign-in", host, Buffer.from(value, "base64url"));
  return text === null ? null : (JSON.parse(text) as Kept);
}

function hash(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
