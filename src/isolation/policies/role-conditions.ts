import { heldRoles } from "../catalog/powers.js";
import type { Role } from "../catalog/roles.js";
import type { Subject } from "../subject/subject.js";
import { memberOf } from "./membership.js";
import type { Value } from "./atom.js";
import type { Scope } from "./range.js";

/**
 * Whether a comparison of the role with a name holds; undefined where the value is no role.
 * The claim of a role is one where it names a role of this server: whoever checks the token becomes it.
 */
export function namesRole(value: Value, name: string, scope: Scope): boolean | undefined {
  if (value.kind !== "context") return undefined;
  const { role, login, subject } = scope.analysis;
  const [source] = value.sources;
  if (source?.kind === "role") {
    const who = source.name.startsWith("SESSION") ? login : scope.executor;
    return who.name === name;
  }
  const isRoleClaim = source?.name === "auth.role" || /->> 'role'$/.test(value.text);
  if (!isRoleClaim) return undefined;
  const isRole = [...subject.catalog.roles.values()].some((each) => each.name === name);
  return isRole ? role.name === name : undefined;
}

/** pg_has_role(user, role, privilege). */
export function hasRole(who: Role, roleName: string, privilege: string, subject: Subject): boolean {
  if (who.superuser) return true;
  const target = [...subject.catalog.roles.values()].find(({ name }) => name === roleName);
  if (target === undefined) return false;
  if (privilege.toUpperCase().startsWith("USAGE")) {
    return heldRoles(subject.catalog, who.oid).includes(target.oid);
  }
  return memberOf(subject.catalog, who.oid).includes(target.oid);
}
