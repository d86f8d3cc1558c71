import type { Tenant } from "../../core/tenant.js";
import type { Feed } from "../../registry/feed/contract.js";
import type { Caller } from "../caller.js";
import type { By } from "../membership/members.js";
import type { AccessTokenClaims } from "../token/claims.js";

/** From now on this is the version of a membership, or (`accountId` null) of a tenant. */
export interface VersionChange {
  readonly kind: "version";
  readonly tenantId: string;
  readonly accountId: string | null;
  readonly version: number;
}

/** A single token of a tenant is good no more. */
export interface DeniedToken {
  readonly kind: "denied";
  readonly tenantId: string;
  readonly tokenId: string;
  /** When it would have expired, in milliseconds since the epoch. */
  readonly expiresAt: number;
}

export type AuthorityChange = VersionChange | DeniedToken;

/** What an announcement names that nothing proves. */
export type AuthorityDoubt = Omit<VersionChange, "version"> | Omit<DeniedToken, "expiresAt">;

/** Tells of whatever makes access tokens stale. */
export interface AuthorityFeed extends Feed<AuthorityChange, AuthorityDoubt> {
  /** Tells other processes of what was committed here, where there is a way beside the database. */
  announce(change: AuthorityChange): void;
}

/** What a token says that can come to be untrue. */
export type CheckedClaims = Pick<
  AccessTokenClaims,
  "tenantId" | "accountId" | "tokenId" | "membershipVersion" | "tenantVersion"
>;

/** Whether what an access token says is still so. */
export interface Authority {
  /**
   * Fulfilled where membership and account are active, the membership's version and the tenant's are those of the token,
   * and the token was not denied. Answered from memory; after a change committed in any process, with
   * the old answer for at most 1 s (and the time of one read of the database), also where the network
   * is cut. Whether the tenant is active is not asked: resolution does.
   *
   * @param claims of a verified token
   * @throws {TenantryError} `TOKEN_STALE`, the same for every reason; where the answer cannot be had,
   * `DATABASE_UNAVAILABLE`, `REGISTRY_UNAVAILABLE` and what else a scoped pool throws
   */
  assertCurrent(claims: CheckedClaims): Promise<void>;
  /**
   * Denies one token of the tenant, in every process. One round trip. It asks nobody's permission:
   * whoever calls it has made sure of that.
   * @param tokenId its `jti`
   * @param expiresAt its `exp`; at most an hour from now, as no token is good for longer
   * @param reason for the tenant's events, up to 200 characters
   * @throws {TenantryError} `CONFIG_INVALID`, `TENANT_NOT_FOUND`; what the database throws
   */
  denyToken(
    tenantId: string,
    tokenId: string,
    expiresAt: Date,
    reason: string,
    caller: Caller,
  ): Promise<void>;
  /**
   * Makes every access token of the tenant stale, in every process. Its grants stay: each client
   * refreshes once. One round trip. It asks nobody's permission.
   * @param reason for the tenant's events, up to 200 characters
   * @returns the tenant's version from now on
   * @throws {TenantryError} `CONFIG_INVALID`, `TENANT_NOT_FOUND`; what the database throws
   */
  raiseTenantVersion(tenant: Pick<Tenant, "id">, reason: string, by: By): Promise<number>;
  /** Closes the feed as well. `assertCurrent` throws `DATABASE_UNAVAILABLE` from then on. */
  close(): Promise<void>;
}
