import { columnNames, nameOf } from "../../catalog/names.js";
import type { Column, Relation } from "../../catalog/relation.js";

/** Rows of `table` point to rows of `target`. */
export interface Link {
  readonly table: Relation;
  /** Their numbers. */
  readonly columns: readonly number[];
  readonly target: Relation;
  readonly targetColumns: readonly number[];
  /**
   * `key`: a foreign key. `usage`: wherever else a column of this name is a foreign key, it leads there.
   * `name`: the column bears the table's name.
   */
  readonly known: "key" | "usage" | "name";
  /** Some rows point to nothing. */
  readonly nullable: boolean;
  /** At most one row points to each row of `target`. */
  readonly unique: boolean;
  /** It says where somebody was last, not whose the row is: `current_project_id`. */
  readonly pointer: boolean;
}

/** As `project_id -> public.projects.id`: what a manifest's `through` holds. */
export function textOf(link: Link): string {
  const columns = columnNames(link.table, link.columns).join(", ");
  return `${columns} -> ${nameOf(link.target)}.${columnNames(link.target, link.targetColumns).join(", ")}`;
}

/** The same link seen from its target, as `id <- public.organizations.billing_id`. */
export function inverseTextOf(link: Link): string {
  const columns = columnNames(link.target, link.targetColumns).join(", ");
  return `${columns} <- ${nameOf(link.table)}.${columnNames(link.table, link.columns).join(", ")}`;
}

/** How it is known that the link is there, as a sentence. */
export function evidenceOf(link: Link): string {
  const columns = columnNames(link.table, link.columns).join(", ");
  const end = link.nullable ? "may be null" : "not null";
  const target = nameOf(link.target);
  switch (link.known) {
    case "key":
      return `${columns} references ${target}; ${end}.`;
    case "usage":
      return `${columns} has no foreign key, but leads to ${target} wherever it has one; the types agree; ${end}.`;
    case "name":
      return `${columns} has no foreign key, but bears the name of ${target}; the types agree; ${end}.`;
  }
}

/** Whether values of one column can be those of the other. */
export function typesAgree(one: Column, other: Column): boolean {
  return familyOf(one.baseType) === familyOf(other.baseType);
}

export function familyOf(baseType: string): string {
  if (/^int[248]$/.test(baseType)) return "integer";
  return baseType === "varchar" || baseType === "bpchar" ? "text" : baseType;
}
