import type { IdentityMutantRow } from "./identity-world.js";

const may = "members-change-as-they-may";
const shown = "members-are-shown-to-members";
const anew = "what-was-decided-is-decided-anew";
const waits = "a-demotion-under-way-is-waited-for";
const hang = "two-who-change-each-other-do-not-hang";
const grants = "grants-go-with-the-membership";
const back = "who-is-there-stays-and-who-left-comes-back";
const made = "a-tenants-roles-are-made-by-who-may";
const changes = "a-role-changes-with-its-members";
const both = "two-who-change-their-role-both-do";
const noted = "what-happens-to-members-is-written-down";
const one = "an-invitation-is-for-one";
const inTime = "an-invitation-is-void-in-time";
const words = "an-invitation-anew-is-in-its-own-words";
const managers = "invitations-are-the-managers";
const worth = "an-invitation-is-worth-what-its-giver-may";
const overtaken = "a-demotion-overtakes-an-invitation";

const authority = "membership/authority.ts";
const members = "membership/members.ts";
const permitted = "membership/permitted.ts";
const statements = "membership/statements.ts";
const standing = "membership/standing.ts";
const roles = "membership/tenant-roles.ts";
const invitations = "invitation/invitations.ts";
const invited = "invitation/statements.ts";

/** Faults of members, roles and invitations, each with the probe that must notice. */
// prettier-ignore
export const memberMutants: readonly IdentityMutantRow[] = [
  ["a suspended member changes others", authority, 'if (actor?.status !== "active") return false;', "if (actor === null) return false;", may],
  ["members change themselves", authority, 'return change.role === null && change.status === "removed";', "return change.role !== undefined;", may],
  ["any member changes others", authority, 'if (!actor.permissions.includes("members:manage")) return false;', "", may],
  ["an admin changes an owner", authority, 'if (target.role === "owner" && actor.role !== "owner") return false;', "", may],
  ["an admin makes owners", authority, 'if (role.name === "owner" && actor.role !== "owner") return false;\n  return role.permissions.every((given) => actor.permissions.includes(given));', 'return role.name === "owner" || role.permissions.every((given) => actor.permissions.includes(given));', may],
  ["members give what they do not have", authority, "return role.permissions.every((given) => actor.permissions.includes(given));", "return true;", may],
  ["a new role reactivates", members, "wanted.status ?? target.status", 'wanted.status ?? "active"', may],
  ["a removed member is changed", members, 'target.status === "removed"', 'target.role === ""', may],
  ["a last owner who leaves is an error of the database", members, "throw isLastOwner(error) ? lastOwner() : error;", "throw error;", may],
  ["any text is a role", standing, "if (wanted !== undefined && !isKnown)", "if (wanted === undefined && !isKnown && isKnown)", may],
  ["a permission is not asked for", permitted, " && me.permissions.includes(permission)", "", shown],
  ["a suspended member is one", permitted, 'me?.status === "active" && me.permissions', 'me?.permissions', shown],
  ["removed members are listed", statements, "and m.status <> 'removed' order", "order", shown],
  ["what the one who acts is now is not asked", statements, "where me.account_id = $4 and me.version = $5\n", "where me.account_id = $4 and $5::bigint > 0\n", anew],
  ["what the other one is now is not asked", statements, "and m.account_id = $2 and m.version = $3", "and m.account_id = $2 and $3::bigint > 0", anew],
  ["a change that came too late is not tried again", members, "for (let attempt = 0; attempt < attempts; attempt++)", "for (let attempt = 0; attempt < 1; attempt++)", anew],
  ["a demotion under way is not waited for", statements, "order by m.account_id for no key update", "order by m.account_id", waits],
  ["everybody locks himself first", statements, "order by m.account_id for no key update", "order by m.account_id <> ${accountId} for no key update", hang],
  ["grants outlive a membership", statements, "and g.ended_at is null and m.status <> 'active'", "and g.ended_at is null and m.status = 'none'", grants],
  ["grants end with every change of a membership", statements, " and m.status <> 'active'", "", grants],
  ["a removal ends everybody's grants", statements, "and g.account_id = m.account_id and", "and", grants],
  ["whoever is admitted has the new role", statements, "case m.status when 'removed' then excluded.role else m.role end", "excluded.role", back],
  ["whoever is admitted is active", statements, "case m.status when 'removed' then 'active' else m.status end", "'active'", back],
  ["a removed member stays removed", statements, "case m.status when 'removed' then 'active' else m.status end", "m.status", back],
  ["members are admitted in any role", members, "await standingOf(tenant, accountId, accountId, role);", "", back],
  ["roles are made with more than one has", roles, "if (sorted.every((permission) => me.permissions.includes(permission))) return me;\n        throw permissionDenied();", "return me.version === \"\" ? permissionDenied() as never : me;", made],
  ["any member makes roles", roles, 'const me = await permitted(tenant, by.accountId, "roles:manage");', 'const me = await permitted(tenant, by.accountId, "members:read");', made],
  ["any member removes roles", roles, '() => permitted(tenant, by.accountId, "roles:manage")', '() => permitted(tenant, by.accountId, "members:read")', made],
  ["roles are shown to those who may nothing", roles, 'await permitted(tenant, by.accountId, "members:read");', "", made],
  ["a built-in role is made anew", roles, "const isFree = !builtInRoles.some((builtIn) => builtIn === name);", "const isFree = builtInRoles.length > 0;", made],
  ["a role has any name", roles, "/^[a-z][a-z0-9-]{0,31}$/.test(name)", 'name !== "y"', made],
  ["a role has any permission", roles, "const unknown = permissions.find((permission) => !roles.permissions.has(permission));", "const unknown = permissions.find((permission) => roles.permissions.size === permission.length * 0);", made],
  ["a role that is gone is removed", roles, "if (removed === null) throw roleUnknown(name);", "", made],
  ["a role changes and its members' versions do not", statements, "where m.tenant_id = $1 and m.role = ${name}", "where m.tenant_id = $1 and m.role = ${name} and false", changes],
  ["a role changes and all versions do", statements, "where m.tenant_id = $1 and m.role = ${name}", "where m.tenant_id = $1 and m.role > '' and ${name} > ''", changes],
  ["a forgotten permission still counts", "membership/roles.ts", "(custom ?? []).filter((permission) => known.has(permission))", "[...(custom ?? [])]", changes],
  ["who is changed meanwhile is refused", "membership/while-unchanged.ts", "if (now?.version === me.version) return null;", "if (now?.version !== me.version) return null;", both],
  ["a change of a member leaves no event", statements, "'status', m.status) from m\n  )\n  select ${columns} from m`;\n\n/** One who", "'status', m.status) from m where false\n  )\n  select ${columns} from m`;\n\n/** One who", noted],
  ["an admission leaves no event", statements, "jsonb_build_object('role', m.role, 'status', m.status) from m", "jsonb_build_object('role', m.role, 'status', m.status) from m where false", noted],
  ["a role leaves no event", statements, "'permissions', r.permissions) from r", "'permissions', r.permissions) from r where false", noted],
  ["a role's removal leaves no event", statements, "jsonb_build_object('role', r.name) from r", "jsonb_build_object('role', r.name) from r where false", noted],
  ["an invitation leaves no event", invited, "'role', i.role) from i", "'role', i.role) from i where false", noted],
  ["an invitation's revocation leaves no event", invited, "jsonb_build_object('invitation', i.id) from i", "jsonb_build_object('invitation', i.id) from i where false", noted],
  ["an accepted invitation leaves no event", invited, "'invitedBy', i.invited_by) from i", "'invitedBy', i.invited_by) from i where false", noted],
  ["an invitation is everybody's", invited, "and i.email_key = $4 and", "and", one],
  ["an invitation believes what an account says of itself", invited, "a.id = $3 and a.email_key = $4 and", "a.id = $3 and", one],
  ["a disabled account accepts", invited, " and a.status = 'active'", "", one],
  ["a used invitation proves no address", invited, "coalesce(b.email_verified_at, now())", "b.email_verified_at", one],
  ["any token accepts an invitation", invited, "i.token_hash = $2 and i.email_key", "$2::bytea is not null and i.email_key", one],
  ["an invitation is good twice", invited, '"i.accepted_at is null and i.revoked_at is null"', '"i.revoked_at is null"', one],
  ["a revoked invitation is good", invited, '"i.accepted_at is null and i.revoked_at is null"', '"i.accepted_at is null"', inTime],
  ["an invitation is good for ever", invited, "${waits} and i.expires_at > now()\n    returning", "${waits}\n    returning", inTime],
  ["late invitations are listed", invited, "${waits} and i.expires_at > now() order", "${waits} order", inTime],
  ["an invitation waits for a year", invitations, "const lifetimeDays = 7;", "const lifetimeDays = 365;", inTime],
  ["a replaced invitation is good", invited, "token_hash = excluded.token_hash,", "token_hash = i.token_hash,", inTime],
  ["an invitation that is gone is revoked", invitations, 'if (revoked === null) throw notInTenant("invitation");', "", inTime],
  ["an invitation keeps the role of the one before", invited, "role = excluded.role, token", "role = i.role, token", words],
  ["any member invites", authority, ' || !actor.permissions.includes("members:manage")', "", managers],
  ["suspended members invite", authority, 'if (actor?.status !== "active" ||', "if (actor === null ||", managers],
  ["who invites may give any role", invitations, "return me !== null && mayGive(me, role!) ? me : null;", "return role !== null ? me : null;", managers],
  ["any member sees invitations", invitations, 'await permitted(tenant, by.accountId, "members:manage");', "", managers],
  ["any member revokes invitations", invitations, '() => permitted(tenant, by.accountId, "members:manage")', '() => permitted(tenant, by.accountId, "members:read")', managers],
  ["an invitation outlives what its giver may", invitations, "return me !== null && mayGive(me, role!) ? me : null;", "return me !== null && role !== null ? me : null;", worth],
  ["an invitation is accepted while its giver is removed", invited, "me.account_id = $7 and me.version = $8", "me.account_id = $7 and $8::bigint > 0", worth],
  ["an invitation to a role that is gone is an error", invitations, 'if (isTenantryError(error, "ROLE_UNKNOWN")) return null;', "", worth],
  ["who was demoted meanwhile invites", statements, "and m.version = ${version} for share", "and ${version}::bigint > 0 for share", overtaken],
  ["who is being demoted invites", statements, "and m.version = ${version} for share", "and m.version = ${version}", overtaken],
];
