import type { ErrorDescription } from "./error-description.js";

/** The part of the registry in errors.ts that is of identity alone. */
export const identityErrorCodes = {
  PERMISSION_DENIED: {
    status: 403,
    title: "Forbidden",
    meaning: "Whoever acts may not do that in this tenant.",
  },
  ROLE_UNKNOWN: {
    status: 400,
    title: "Bad request",
    meaning: "The tenant has no role of that name.",
  },
  ROLE_INVALID: {
    status: 400,
    title: "Bad request",
    meaning: "A role's name or one of its permissions cannot be.",
  },
  API_KEY_INVALID: {
    status: 400,
    title: "Bad request",
    meaning: "A key was to be made with a name, permissions or times that cannot be.",
  },
  LAST_OWNER: {
    status: 409,
    title: "Conflict",
    meaning: "The change would leave the tenant without an active owner.",
  },
  PASSWORD_WEAK: {
    status: 400,
    title: "Bad request",
    meaning: "A password that somebody chose is not acceptable.",
  },
  EMAIL_INVALID: {
    status: 400,
    title: "Bad request",
    meaning: "A text is not an e-mail address that an account may have.",
  },
  SIGN_IN_LIMITED: {
    status: 429,
    title: "Too many requests",
    meaning: "Too many sign-ins failed lately for the account, from the address or in the tenant.",
  },
  SIGN_IN_BUSY: {
    status: 503,
    title: "Service unavailable",
    meaning: "As many passwords are being hashed, and waiting for it, as this process allows.",
  },
  SIGN_IN_REFUSED: {
    status: 401,
    title: "Unauthorized",
    meaning: "No account has that address and that password and may sign in.",
  },
  EMAIL_UNVERIFIED: {
    status: 403,
    title: "Forbidden",
    meaning: "The password is right, and the account's address has not been verified yet.",
  },
  LINK_INVALID: {
    status: 400,
    title: "Bad request",
    meaning: "A link that was sent by mail is not good, or not any more.",
  },
  SESSION_REQUIRED: {
    status: 401,
    title: "Unauthorized",
    meaning: "The request has no global session that is in force.",
  },
  ORIGIN_REFUSED: {
    status: 403,
    title: "Forbidden",
    meaning: "A request that a cookie signs in was sent by a page of another origin.",
  },
  MAIL_INVALID: {
    status: 500,
    title: "Internal error",
    meaning: "A message could not be sent as it is: one of its fields is not acceptable.",
  },
  GRANT_REFUSED: {
    status: 403,
    title: "Forbidden",
    meaning:
      "The account cannot enter the tenant: not all of it, its session, its membership and the tenant are active.",
  },
  AUTHORIZATION_CODE_INVALID: {
    status: 400,
    title: "Bad request",
    meaning: "An authorization code was refused, for whatever reason.",
  },
  REFRESH_INVALID: {
    status: 401,
    title: "Unauthorized",
    meaning: "A refresh token was refused, for whatever reason.",
  },
  TOKEN_STALE: {
    status: 401,
    title: "Unauthorized",
    meaning: "An access token is good by itself, but what it says is true no more.",
  },
} as const satisfies Record<string, ErrorDescription>;
