import type { Catalog, Oid } from "../../catalog/catalog.js";
import { quoted } from "../../catalog/names.js";
import { heldRoles } from "../../catalog/powers.js";
import type { Membership, Role } from "../../catalog/roles.js";
import type { Subject } from "../../subject/subject.js";

/** A role that an application's role can become, and the membership that the last step takes. */
export interface Way {
  readonly login: Role;
  readonly role: Role;
  /** Undefined where it is the application's role itself. */
  readonly by: Membership | undefined;
}

/**
 * Every role that the application can become by SET ROLE. Who may grant a role may grant it to
 * themselves, so ADMIN counts as well.
 */
export function waysOf({ catalog, appRoles }: Subject): readonly Way[] {
  return appRoles.flatMap((login) => becoming(catalog, login));
}

function becoming({ roles, memberships }: Catalog, login: Role): readonly Way[] {
  const found: Way[] = [{ login, role: login, by: undefined }];
  for (const { role } of found) {
    for (const by of memberships) {
      const next = roles.get(by.role);
      if (by.member !== role.oid || !(by.set || by.admin) || next === undefined) continue;
      if (!found.some((each) => each.role === next)) found.push({ login, role: next, by });
    }
  }
  return found;
}

/** A role whose rights the application comes by, itself or after SET ROLE. */
export interface Held {
  readonly login: Role;
  readonly role: Role;
  /** The role that it acts as for it, where that is not its own. */
  readonly after: Role | undefined;
}

export function heldOf(subject: Subject): readonly Held[] {
  const found = new Map<string, Held>();
  for (const { login, role: actor } of waysOf(subject)) {
    for (const oid of heldRoles(subject.catalog, actor.oid)) {
      const role = subject.catalog.roles.get(oid);
      const key = `${login.oid} ${oid}`;
      if (role === undefined || found.has(key)) continue;
      found.set(key, { login, role, after: actor === login ? undefined : actor });
    }
  }
  return [...found.values()];
}

/** As `app` or `app, after SET ROLE staff`. */
export function pathText({ login, role, by }: Way): string {
  return by === undefined ? login.name : `${login.name}, after SET ROLE ${role.name},`;
}

/** Takes the membership away that leads there, or the power where it is the role's own. */
export function revoking({ catalog }: Subject, { role, by }: Way, own: string): string {
  if (by === undefined) return `ALTER ROLE ${quoted(role.name)} ${own};`;
  return `REVOKE ${quoted(role.name)} FROM ${quoted(roleNamed(catalog, by.member))};`;
}

export function roleNamed({ roles }: Pick<Catalog, "roles">, oid: Oid): string {
  return roles.get(oid)?.name ?? `role ${oid}`;
}

/** `a, b, c and 4 more`. */
export function someOf(names: readonly string[], most = 5): string {
  const shown = names.slice(0, most).join(", ");
  return names.length > most ? `${shown} and ${names.length - most} more` : shown;
}
