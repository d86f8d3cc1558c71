import type { Tenant } from "../../core/tenant.js";
import type { IdentityDatabase } from "../identity-database.js";
import type { NamedRole, Standing } from "./authority.js";
import type { MembershipStatus } from "./membership.js";
import { roleUnknown } from "./refusal.js";
import { builtInRoles, type Roles } from "./roles.js";
import * as sql from "./statements.js";

/** A standing, and its version: what is decided on it holds only while the version does. */
export interface VersionedStanding extends Standing {
  readonly version: string;
}

export interface Standings {
  /** The one who acts; null where he was never a member. */
  readonly me: VersionedStanding | null;
  /** The one it is done to. */
  readonly target: VersionedStanding | null;
  /** The role that is wanted, by what it may now; null where none is. */
  readonly role: NamedRole | null;
}

interface PartRow {
  readonly role: string;
  readonly status: MembershipStatus;
  readonly version: string;
  readonly custom: readonly string[] | null;
}

interface StandingRow {
  readonly me: PartRow | null;
  readonly target: PartRow | null;
  /** The permissions of the tenant's own role of the wanted name. */
  readonly wanted: readonly string[] | null;
}

/** Reads who may what, now: one statement. The reader throws `ROLE_UNKNOWN`. */
export function createStandings(database: Pick<IdentityDatabase, "inTenant">, roles: Roles) {
  const standing = (part: PartRow | null): VersionedStanding | null =>
    part === null ? null : { ...part, permissions: roles.permissionsOf(part.role, part.custom) };

  return async (
    tenant: Tenant,
    actorId: string,
    targetId: string,
    wanted?: string,
  ): Promise<Standings> => {
    const values = [tenant.id, actorId, targetId, wanted ?? null];
    const actor = { kind: "user", id: actorId } as const;
    const { rows } = await database.inTenant(tenant, actor, sql.standing, values);
    const row = rows[0] as StandingRow;
    const isKnown = builtInRoles.some((name) => name === wanted) || row.wanted !== null;
    if (wanted !== undefined && !isKnown) throw roleUnknown(wanted);
    return {
      me: standing(row.me),
      target: standing(row.target),
      role:
        wanted === undefined
          ? null
          : { name: wanted, permissions: roles.permissionsOf(wanted, row.wanted) },
    };
  };
}
