import type { Tenant } from "../../core/tenant.js";
import { TenantryError } from "../../core/tenantry-error.js";
import type { AuthorizationCodes, CodeRedemption } from "../authorization/index.js";
import type { Caller } from "../caller.js";
import type { Device, Granted, Grants } from "../grant/index.js";
import type { Sessions } from "../session/sessions.js";
import type { AccessTokenClaims, TokenIssuer } from "../token/index.js";

/** What a client gets for one tenant. */
export interface TenantTokens {
  /** A JWT, `typ: at+jwt`. Never log it. */
  readonly accessToken: string;
  readonly claims: AccessTokenClaims;
  /** Never log it. */
  readonly refreshToken: string;
  /** Of the refresh token: where answers overtake each other, keep the higher. */
  readonly generation: number;
  /** When the grant is over, however often it is refreshed. Milliseconds since the epoch. */
  readonly grantExpiresAt: number;
}

export interface Exchange {
  /**
   * Exchanges a global session for a grant in one tenant (RFC 8693). The database is asked for session,
   * account and membership each time, so to switch tenant is to be admitted anew. Two round trips.
   * @throws {TenantryError} `GRANT_REFUSED`, the same for every reason; what the database throws
   */
  enter(sessionToken: unknown, tenant: Tenant, device: Device): Promise<TenantTokens>;
  /**
   * A new access token, and the refresh token that follows the one that was used. Two round trips.
   * @throws {TenantryError} `REFRESH_INVALID`, the same for every reason; what the database throws: then
   * nothing is known, and the client tries again
   */
  refresh(refreshToken: unknown, tenant: Tenant, device: Device): Promise<TenantTokens>;
  /**
   * Exchanges an authorization code. Three round trips: see AuthorizationCodes.redeem.
   * @throws {TenantryError} `AUTHORIZATION_CODE_INVALID`, `GRANT_REFUSED`; what the database throws
   */
  redeem(redemption: CodeRedemption, caller: Caller): Promise<TenantTokens>;
}

export interface ExchangeParts {
  readonly sessions: Pick<Sessions, "find">;
  readonly grants: Pick<Grants, "start" | "refresh">;
  readonly authorizationCodes: Pick<AuthorizationCodes, "redeem">;
  readonly issuer: TokenIssuer;
}

export function createExchange(parts: ExchangeParts): Exchange {
  const { sessions, grants, authorizationCodes, issuer } = parts;

  async function tokens({ grant, refreshToken }: Granted): Promise<TenantTokens> {
    const { generation, expiresAt, ...claims } = grant;
    const { token, claims: issued } = await issuer.issue(claims);
    const rest = { refreshToken, generation, grantExpiresAt: expiresAt };
    return Object.freeze({ accessToken: token, claims: issued, ...rest });
  }

  return {
    async enter(sessionToken, tenant, device) {
      const session = await sessions.find(sessionToken);
      if (session === null) throw noSession();
      const { id: sessionId, accountId } = session;
      return tokens(await grants.start({ tenantId: tenant.id, accountId, sessionId, ...device }));
    },
    async refresh(refreshToken, tenant, device) {
      const result = await grants.refresh(refreshToken, { tenantId: tenant.id, ...device });
      if (result.outcome === "refused") throw result.error;
      return tokens(result);
    },
    redeem: async (redemption, caller) =>
      tokens(await authorizationCodes.redeem(redemption, caller)),
  };
}

function noSession(): TenantryError {
  return new TenantryError("GRANT_REFUSED", {
    message: "There is no session of that token in force.",
    fix: "Sign in anew.",
  });
}
