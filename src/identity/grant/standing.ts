import type { Roles } from "../membership/roles.js";

/** What an access token says of an account in a tenant, apart from the tenant and the grant. */
export interface Standing {
  readonly accountId: string;
  readonly sessionId: string;
  readonly role: string;
  /** Of the role, as they are now. */
  readonly permissions: readonly string[];
  readonly membershipVersion: number;
  /** 0 where the tenant never had its tokens made stale. */
  readonly tenantVersion: number;
  /** Whole seconds since the epoch (`auth_time`, OpenID Connect Core §2). */
  readonly authenticatedAt: number;
}

/** The columns of `standingColumns` in statements.ts. Null where a row is missing. */
export interface StandingRow {
  readonly accountId: string;
  readonly sessionId: string;
  readonly accountStatus: string | null;
  readonly membershipStatus: string | null;
  readonly role: string | null;
  readonly permissions: readonly string[] | null;
  readonly membershipVersion: string | null;
  readonly tenantVersion: string;
  readonly authenticatedAt: Date | null;
  readonly sessionEndedAt: Date | null;
  readonly sessionExpiresAt: Date | null;
  readonly sessionIdleExpiresAt: Date | null;
  /** The clock that all times are compared with. */
  readonly at: Date;
}

export type StandingRefusal =
  | "account-disabled"
  | "membership-removed"
  | "membership-suspended"
  | "session-ended"
  | "session-expired";

/** Why an account may not act in the tenant now; null where it may. What is unknown is refused. */
export function refusalOf(row: StandingRow): StandingRefusal | null {
  if (row.accountStatus !== "active") return "account-disabled";
  if (row.membershipStatus === "suspended") return "membership-suspended";
  if (row.membershipStatus !== "active") return "membership-removed";
  if (row.authenticatedAt === null || row.sessionEndedAt !== null) return "session-ended";
  if (!isAfter(row.sessionExpiresAt, row.at)) return "session-expired";
  if (!isAfter(row.sessionIdleExpiresAt, row.at)) return "session-expired";
  return null;
}

/** Refusals that pass: the grant goes on where the membership does. The others end it. */
export function isPassing(refusal: StandingRefusal): boolean {
  return refusal === "membership-suspended";
}

/** Of a row without a refusal. */
export function standingOf(row: StandingRow, roles: Roles): Standing {
  const role = row.role!;
  return {
    accountId: row.accountId,
    sessionId: row.sessionId,
    role,
    permissions: roles.permissionsOf(role, row.permissions),
    membershipVersion: Number(row.membershipVersion),
    tenantVersion: Number(row.tenantVersion),
    authenticatedAt: Math.floor(row.authenticatedAt!.getTime() / 1000),
  };
}

function isAfter(time: Date | null, at: Date): boolean {
  return time !== null && time.getTime() > at.getTime();
}
