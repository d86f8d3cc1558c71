import { everyone } from "../../catalog/catalog.js";
import { quoted, sqlName } from "../../catalog/names.js";
import type { DatabaseFunction } from "../../catalog/functions.js";
import type { Subject } from "../../subject/subject.js";
import type { Way } from "./reach.js";

/** `a`, `a and b`, `a, b and 3 more`. */
export function listed(names: readonly string[], most = 5): string {
  const unique = [...new Set(names)];
  if (unique.length > most + 1) {
    return `${unique.slice(0, most).join(", ")} and ${unique.length - most} more`;
  }
  return [unique.slice(0, -1).join(", "), unique.at(-1) ?? ""].filter(Boolean).join(" and ");
}

/** Who has it, as `app after SET ROLE staff`. */
export function whoever(ways: readonly Way[]): string {
  return listed(ways.map(({ who }) => who));
}

/** What was granted, as `SELECT and UPDATE`. */
export function privilegesOf(ways: readonly Way[]): string {
  return listed(ways.map(({ privilege }) => privilege));
}

/** Whom to take it from, for SQL: `PUBLIC, app`. */
export function granteesOf(subject: Subject, ways: readonly Way[]): string {
  const names = ways.map(({ grantee }) =>
    grantee === everyone ? "PUBLIC" : quoted(subject.catalog.roles.get(grantee)?.name ?? ""),
  );
  return [...new Set(names)].join(", ");
}

export function roleName(subject: Subject, role: number): string {
  return subject.catalog.roles.get(role)?.name ?? `role ${role}`;
}

/** For people and keys, as `public.total(integer)`. */
export function signature({ schema, name, arguments: types }: DatabaseFunction): string {
  return `${schema}.${name}(${types})`;
}

/** For SQL, as `FUNCTION public.total(integer)`. */
export function sqlSignature(routine: DatabaseFunction): string {
  const kind = routine.kind === "procedure" ? "PROCEDURE" : "FUNCTION";
  return `${kind} ${sqlName(routine)}(${routine.arguments})`;
}

/** A name that PostgreSQL will not cut: at most 63 bytes. */
export function shortName(...parts: readonly string[]): string {
  const whole = parts.join("_");
  if (Buffer.byteLength(whole) <= 63) return whole;
  const ending = parts.at(-1)!;
  let start = parts.slice(0, -1).join("_");
  while (Buffer.byteLength(`${start}_${ending}`) > 63) start = start.slice(0, -1);
  return `${start}_${ending}`;
}
