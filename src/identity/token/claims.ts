/** Longest life of an access token, in seconds. */
export const longestTokenLife = 3_600;

/** How far two clocks of ours may be apart at most, in seconds. */
export const longestLeeway = 5;

/** Most permissions that one token carries. */
export const mostPermissions = 64;

/** What one token says of one account in one tenant; what is left is the issuer's to say. */
export interface GrantedClaims {
  /** Whose token it is: `sub`, a lower-case uuid, like every id here. */
  readonly accountId: string;
  /** `tenant_id`. The token is good for this tenant alone. */
  readonly tenantId: string;
  /** `org_role`: the account's role in this tenant, a name as `isName` takes it. */
  readonly role: string;
  /** `permissions`: 0 to 64 different names. */
  readonly permissions: readonly string[];
  /** `sid`: the sign-in that the token comes from. */
  readonly sessionId: string;
  /** `gid`: the grant, one family of refresh tokens. */
  readonly grantId: string;
  /** `mv`: the membership's version, a whole number from 0. An older one makes the token stale. */
  readonly membershipVersion: number;
  /** `tv`: the tenant's version, likewise. */
  readonly tenantVersion: number;
  /** `auth_time`: when the account last proved itself, in whole seconds since the epoch. */
  readonly authenticatedAt: number;
  /** `act` (RFC 8693 §4.1): who acts in the account's name, where somebody else does. */
  readonly actor?: { readonly accountId: string };
}

/** All that an access token says (RFC 9068 §2.2). */
export interface AccessTokenClaims extends GrantedClaims {
  /** `jti`: of this token and no other. */
  readonly tokenId: string;
  /** `iss`. */
  readonly issuer: string;
  /** `aud`: one, never a list. */
  readonly audience: string;
  /** `iat`, in whole seconds since the epoch. */
  readonly issuedAt: number;
  /** `exp`, in whole seconds since the epoch; 1 to 3,600 after `issuedAt`. */
  readonly expiresAt: number;
}

const namePattern = /^[A-Za-z0-9][A-Za-z0-9._:-]{0,63}$/;

/** The name of a role or permission, such as `owner` or `billing:write`: 1 to 64 characters. */
export function isName(value: unknown): value is string {
  return typeof value === "string" && namePattern.test(value);
}
