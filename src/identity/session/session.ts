/** A global sign-in on one device. */
export interface Session {
  readonly id: string;
  readonly accountId: string;
  readonly methods: readonly string[];
  readonly authenticatedAt: Date;
  readonly createdAt: Date;
  readonly seenAt: Date;
  /** When it ends at the latest. */
  readonly expiresAt: Date;
  readonly address: string | null;
  readonly userAgent: string | null;
}

interface Row {
  readonly id: string;
  readonly account_id: string;
  readonly methods: readonly string[];
  readonly authenticated_at: Date;
  readonly created_at: Date;
  readonly seen_at: Date;
  readonly expires_at: Date;
  readonly address: string | null;
  readonly user_agent: string | null;
}

export function asSession(given: unknown): Session {
  const row = given as Row;
  return Object.freeze({
    id: row.id,
    accountId: row.account_id,
    methods: Object.freeze([...row.methods]),
    authenticatedAt: row.authenticated_at,
    createdAt: row.created_at,
    seenAt: row.seen_at,
    expiresAt: row.expires_at,
    address: row.address,
    userAgent: row.user_agent,
  });
}
