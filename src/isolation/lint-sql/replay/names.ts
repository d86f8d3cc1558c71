import type { RangeVar, RoleSpec, TypeName } from "libpg-query";
import { wordsOf } from "../../sql/walk.js";
import type { Node } from "../../sql/parse.js";

/** `schema.name`; what is not qualified is taken to be in public. */
export function relationName({ schemaname, relname }: RangeVar): string {
  return `${schemaname ?? "public"}.${relname ?? ""}`;
}

export function qualified(words: readonly string[]): string {
  return words.length === 1 ? `public.${words[0]!}` : words.slice(-2).join(".");
}

export function bareName(name: string): string {
  return name.slice(name.indexOf(".") + 1);
}

export function schemaOf(name: string): string {
  return name.slice(0, name.indexOf("."));
}

/** A name that stands in a string, as in `tenantry.protect('"Project"')`. */
export function nameInText(text: string): string {
  const parts = text.match(/"(?:[^"]|"")*"|[^."]+/g) ?? [text];
  return qualified(
    parts.map((part) =>
      part.startsWith('"') ? part.slice(1, -1).replaceAll('""', '"') : part.trim().toLowerCase(),
    ),
  );
}

/** `public` stands for everyone; `current_user` and its kin for whoever runs the migration. */
export function roleName({ roletype, rolename }: RoleSpec): string {
  if (roletype === "ROLESPEC_PUBLIC") return "public";
  return rolename ?? (roletype ?? "").replace("ROLESPEC_", "").toLowerCase();
}

export function rolesOf(nodes: readonly Node[] | undefined): string[] {
  return (nodes ?? []).flatMap((node) => ("RoleSpec" in node ? [roleName(node.RoleSpec)] : []));
}

/** As `varchar(36)`, `uuid`, `public.tenant_key`. */
export function typeName(type: TypeName | undefined): string {
  const words = wordsOf(type?.names).filter((word) => word !== "pg_catalog");
  const sizes = (type?.typmods ?? []).flatMap((node) =>
    "A_Const" in node && node.A_Const.ival !== undefined ? [node.A_Const.ival.ival ?? 0] : [],
  );
  const size = sizes.length === 0 ? "" : `(${sizes.join(",")})`;
  return `${words.join(".")}${size}${"[]".repeat(type?.arrayBounds?.length ?? 0)}`;
}
