/** A key of one tenant's, for its programs. */
export interface ApiKey {
  readonly id: string;
  readonly name: string;
  readonly permissions: readonly string[];
  /** The account that made it. */
  readonly createdBy: string;
  readonly createdAt: Date;
  /** Null: until it is revoked. */
  readonly expiresAt: Date | null;
  /** To the minute; null until it is used. */
  readonly usedAt: Date | null;
}

interface Row {
  readonly id: string;
  readonly name: string;
  readonly permissions: readonly string[];
  readonly created_by: string;
  readonly created_at: Date;
  readonly expires_at: Date | null;
  readonly used_at: Date | null;
}

export function asApiKey(given: unknown): ApiKey {
  const row = given as Row;
  return Object.freeze({
    id: row.id,
    name: row.name,
    permissions: Object.freeze([...row.permissions]),
    createdBy: row.created_by,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    usedAt: row.used_at,
  });
}
