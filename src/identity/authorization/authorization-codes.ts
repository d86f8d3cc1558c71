import { checkWhole } from "../../core/check-whole.js";
import type { CodeParts } from "./code-parts.js";
import type { AuthorizationCodes } from "./contract.js";
import { issueCode } from "./issue-code.js";
import { redeemCode } from "./redeem-code.js";

export interface AuthorizationCodeOptions extends Omit<CodeParts, "lifetimeSeconds"> {
  /** Whole seconds, 1 to 60, in which a code is to be redeemed. Default 60. */
  readonly lifetimeSeconds?: number;
}

/** @throws {TenantryError} `CONFIG_INVALID` */
export function createAuthorizationCodes(options: AuthorizationCodeOptions): AuthorizationCodes {
  const lifetimeSeconds = checkWhole(
    "`lifetimeSeconds` of the authorization codes",
    options.lifetimeSeconds ?? 60,
    1,
    60,
  );
  const { database, grants, events } = options;
  const parts: CodeParts = { database, grants, events, lifetimeSeconds };
  return {
    issue: (request, caller) => issueCode(parts, request, caller),
    redeem: (redemption, caller) => redeemCode(parts, redemption, caller),
  };
}
