export { createAuthorizationCodes, type AuthorizationCodeOptions } from "./authorization-codes.js";
export type { AuthorizationCodes, CodeRedemption, CodeRequest, Redeemed } from "./contract.js";
export { isCodeChallenge } from "./pkce.js";
export {
  createRedirectTargets,
  type RedirectTarget,
  type RedirectTargetOptions,
  type RedirectTargets,
} from "./redirect-target.js";
export { safeReturnPath } from "./return-path.js";
export {
  createSignInTransactions,
  type BegunSignIn,
  type FinishedSignIn,
  type NewSignIn,
  type SignInTransactionOptions,
  type SignInTransactions,
} from "./sign-in-transaction.js";
export type { SignInCookie } from "./sign-in-cookie.js";
export { createTenantChoices, type TenantChoice, type TenantChoices } from "./tenant-choices.js";
