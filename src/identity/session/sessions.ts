import { checkWhole } from "../../core/check-whole.js";
import { isUuid, newUuid } from "../../core/uuid.js";
import { recorded, type Caller } from "../caller.js";
import type { IdentityDatabase } from "../identity-database.js";
import { hashOfToken, newOpaqueToken } from "../opaque-token.js";
import { asSession, type Session } from "./session.js";
import * as sql from "./statements.js";

export interface SessionOptions {
  /** Minutes without a request after which a session ends. Default 14 days. */
  readonly idleMinutes?: number;
  /** Days after which it ends whatever happens. Default 30. */
  readonly days?: number;
}

export interface NewSession {
  readonly accountId: string;
  /** How the account proved itself: names of RFC 8176 (`pwd`, `otp`, `hwk`, …). */
  readonly methods: readonly string[];
  /** When it did; now unless a sign-in elsewhere says otherwise. */
  readonly authenticatedAt?: Date;
  /**
   * The password's hash that was proven, where it was a password: nothing starts if it is another one by
   * now, lest someone who knew the old one gets in while it is changed.
   */
  readonly passwordHash?: string;
  /** The session of the same browser until now, which ends: no one else may know the new one's token. */
  readonly replaces?: unknown;
}

/** Global sessions: who is signed in, in no tenant. */
export interface Sessions {
  /** Null where the account is not there or disabled. */
  start(session: NewSession, caller: Caller): Promise<{ session: Session; token: string } | null>;
  /** The session of a token, in force now; its idle time begins anew. Null for anything else. */
  find(token: unknown): Promise<Session | null>;
  /** Those in force, the latest first. */
  list(accountId: string): Promise<readonly Session[]>;
  /** False where the account has no such session in force. */
  end(accountId: string, sessionId: string, because: EndReason, caller: Caller): Promise<boolean>;
  /** How many ended. */
  endAll(accountId: string, ending: EndAll, caller: Caller): Promise<number>;
}

export type EndReason = "signed-out" | "by-the-user" | "by-an-operator";

export interface EndAll {
  readonly because: EndReason;
  readonly exceptSessionId?: string;
}

/**
 * @throws {TenantryError} `CONFIG_INVALID`
 */
export function createSessions(
  database: Pick<IdentityDatabase, "query">,
  { idleMinutes = 14 * 24 * 60, days = 30 }: SessionOptions = {},
): Sessions {
  checkWhole("`idleMinutes` of the sessions", idleMinutes, 1, 60 * 24 * 365);
  checkWhole("`days` of the sessions", days, 1, 365);
  return {
    async start(start, caller) {
      const { accountId, methods, authenticatedAt = new Date(), replaces, passwordHash } = start;
      const { token, hash } = newOpaqueToken();
      const { rows } = await database.query(sql.start, [
        newUuid(),
        accountId,
        hash,
        [...methods],
        authenticatedAt,
        idleMinutes,
        days,
        hashOfToken(replaces),
        ...recorded(caller),
        passwordHash ?? null,
      ]);
      return rows[0] === undefined ? null : { session: asSession(rows[0]), token };
    },
    async find(token) {
      const hash = hashOfToken(token);
      if (hash === null) return null;
      const { rows } = await database.query(sql.find, [hash, idleMinutes]);
      return rows[0] === undefined ? null : asSession(rows[0]);
    },
    list: async (accountId) => (await database.query(sql.list, [accountId])).rows.map(asSession),
    async end(accountId, sessionId, because, caller) {
      if (!isUuid(sessionId)) return false;
      const values = [accountId, sessionId, null, because, ...recorded(caller)];
      return (await database.query(sql.end, values)).rows.length > 0;
    },
    async endAll(accountId, { because, exceptSessionId = null }, caller) {
      const values = [accountId, null, exceptSessionId, because, ...recorded(caller)];
      return (await database.query(sql.end, values)).rows.length;
    },
  };
}
