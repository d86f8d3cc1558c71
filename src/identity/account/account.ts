/** A person who signs in, across tenants. */
export interface Account {
  /** uuid v7. */
  readonly id: string;
  /** As it was typed. */
  readonly email: string;
  readonly emailKey: string;
  readonly emailVerifiedAt: Date | null;
  readonly passwordHash: string | null;
  readonly status: "active" | "disabled";
}

interface Row {
  readonly id: string;
  readonly email: string;
  readonly email_key: string;
  readonly email_verified_at: Date | null;
  readonly password_hash: string | null;
  readonly status: "active" | "disabled";
}

export function asAccount(row: unknown): Account {
  const { id, email, email_key, email_verified_at, password_hash, status } = row as Row;
  return Object.freeze({
    id,
    email,
    emailKey: email_key,
    emailVerifiedAt: email_verified_at,
    passwordHash: password_hash,
    status,
  });
}
