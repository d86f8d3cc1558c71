export type MembershipStatus = "active" | "suspended" | "removed";

/** An account in a tenant. */
export interface Membership {
  readonly accountId: string;
  readonly role: string;
  readonly status: MembershipStatus;
  /** Access tokens carry it; grows with every change. */
  readonly version: number;
  readonly createdAt: Date;
}

interface Row {
  readonly account_id: string;
  readonly role: string;
  readonly status: MembershipStatus;
  readonly version: string;
  readonly created_at: Date;
}

export function asMembership(given: unknown): Membership {
  const { account_id, role, status, version, created_at } = given as Row;
  return Object.freeze({
    accountId: account_id,
    role,
    status,
    version: Number(version),
    createdAt: created_at,
  });
}
