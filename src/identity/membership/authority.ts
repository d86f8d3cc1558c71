import type { MembershipStatus } from "./membership.js";

/** Someone in a tenant, as far as it matters for what he may do to others. */
export interface Standing {
  readonly role: string;
  readonly status: MembershipStatus;
  readonly permissions: readonly string[];
}

export interface NamedRole {
  readonly name: string;
  readonly permissions: readonly string[];
}

/** What is to become of a member. */
export interface MemberChange {
  /** The role from then on, and what it may; null leaves the role. */
  readonly role: NamedRole | null;
  readonly status: MembershipStatus;
}

/**
 * Whether `actor` may change `target` so, by their standing now.
 *
 * - Only an active member with `members:manage` may change others.
 * - Only an owner may touch an owner, or make one.
 * - Nobody gives what he does not have: every permission of the new role must be the giver's too.
 * - Anyone may leave; nobody changes his own role, lest an admin lock everyone out by mistake.
 */
export function mayChange(
  actor: Standing | null,
  target: Standing,
  change: MemberChange,
  isOneself: boolean,
): boolean {
  if (actor?.status !== "active") return false;
  if (isOneself) return change.role === null && change.status === "removed";
  if (!actor.permissions.includes("members:manage")) return false;
  if (target.role === "owner" && actor.role !== "owner") return false;
  return change.role === null || mayGive(actor, change.role);
}

/** Whether `actor` may make someone a member in this role. */
export function mayGive(actor: Standing | null, role: NamedRole): boolean {
  if (actor?.status !== "active" || !actor.permissions.includes("members:manage")) return false;
  if (role.name === "owner" && actor.role !== "owner") return false;
  return role.permissions.every((given) => actor.permissions.includes(given));
}
