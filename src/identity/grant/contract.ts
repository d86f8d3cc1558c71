import type { TenantryError } from "../../core/tenantry-error.js";
import type { Caller } from "../caller.js";
import type { Standing } from "./standing.js";

/** Runs single statements as the identity role, each in the scope of one tenant. */
export interface GrantDatabase {
  /**
   * @throws {TenantryError} `TENANT_NOT_FOUND`; `TENANT_INACTIVE` unless `anyStatus`;
   * `REGISTRY_UNAVAILABLE`, `DATABASE_UNAVAILABLE` and what else a scoped pool throws
   */
  query<R>(
    tenantId: string,
    text: string,
    values: readonly unknown[],
    options?: { readonly anyStatus?: boolean },
  ): Promise<{ readonly rows: readonly R[] }>;
}

/** Who asks, as far as the request says. Written to the tenant's events, cut to what they take. */
export interface Device extends Caller {
  /** The OAuth client: 1 to 128 printable characters, or null where there is only one's own. */
  readonly client: string | null;
}

export interface StartOptions extends Device {
  readonly tenantId: string;
  readonly accountId: string;
  /** The account's live session, which is exchanged for the grant. */
  readonly sessionId: string;
}

export interface RefreshContext extends Device {
  /** The tenant that the request is for. A token of any other is refused. */
  readonly tenantId: string;
}

/** A grant, with all that an access token says of it. */
export interface Grant extends Standing {
  readonly tenantId: string;
  readonly grantId: string;
  /** Of the refresh token that comes with it. Where answers overtake each other, keep the higher. */
  readonly generation: number;
  /** When the grant is over, however often it is refreshed. Milliseconds since the epoch. */
  readonly expiresAt: number;
}

export interface Granted {
  readonly grant: Grant;
  /** 92 characters of base64url. Never log it. */
  readonly refreshToken: string;
}

export type RefreshResult =
  /** A new generation was made. */
  | ({ readonly outcome: "rotated" } & Granted)
  /** The parent of the newest token, or that one itself, came in time: the same text as whoever came first. */
  | ({ readonly outcome: "repeated" } & Granted)
  /** `REFRESH_INVALID`, the same for every reason: the event alone tells which. */
  | { readonly outcome: "refused"; readonly error: TenantryError };

/** A token was used whose successor was taken long ago: it was stolen, or its answer was lost. */
export interface Reuse {
  readonly tenantId: string;
  readonly accountId: string;
  readonly sessionId: string;
  readonly grantId: string;
  /** Of the request that was refused: the thief's or the owner's, nobody knows. */
  readonly address: string | null;
  readonly userAgent: string | null;
}

/** Which grants of a tenant end. */
export type EndTarget =
  | { readonly grantId: string }
  | { readonly sessionId: string }
  | { readonly accountId: string }
  | { readonly all: true };

export interface Grants {
  /**
   * Exchanges a session for a grant in one tenant. One round trip.
   * @throws {TenantryError} `GRANT_REFUSED` where account, membership, session or tenant is not
   * active; `CONFIG_INVALID`; what the database throws
   */
  start(options: StartOptions): Promise<Granted>;
  /**
   * Uses a refresh token (RFC 6749 §6, RFC 9700 §4.14.2). Two round trips; a third for whoever loses a
   * race; one for a repeat and for most refusals; none for what is no token, or another tenant's.
   * @throws {TenantryError} what the database throws: then nothing is known, and the client tries again
   */
  refresh(token: unknown, context: RefreshContext): Promise<RefreshResult>;
  /**
   * Ends grants for good, in a tenant of any status. One round trip.
   * @param reason lower-case words joined by hyphens, such as `signed-out`; 32 characters at most
   * @returns how many were ended now
   * @throws {TenantryError} `CONFIG_INVALID`; what the database throws
   */
  end(tenantId: string, target: EndTarget, reason: string): Promise<number>;
  /** What tenant a text names if it is a refresh token: genuine or not. Asks nobody. Null for another. */
  tenantOf(token: unknown): string | null;
  /**
   * Ends the grant of a genuine refresh token, however old: whoever holds one may end it (RFC 7009).
   * Two round trips; none for what is no token of that tenant.
   * @returns false for a token of another tenant, one that we did not make, and of no grant in force
   * @throws {TenantryError} as `end`
   */
  endByToken(tenantId: string, token: unknown, reason: string): Promise<boolean>;
}
