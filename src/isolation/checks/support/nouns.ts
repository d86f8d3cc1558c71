import type { Relation } from "../../catalog/relation.js";
import { tenantTables, type Subject } from "../../subject/subject.js";

/** What one row of each tenant table may be called: `project` of `projects`, `Project` or `project`. */
export function tenantNouns(subject: Subject): ReadonlyMap<string, Relation> {
  const nouns = new Map<string, Relation>();
  for (const { relation } of tenantTables(subject)) {
    const name = bare(relation.name);
    for (const noun of [name, singular(name)]) if (!nouns.has(noun)) nouns.set(noun, relation);
  }
  return nouns;
}

/** `project_member` and `projectMember` are the same. */
export function bare(name: string): string {
  return name.replaceAll("_", "").toLowerCase();
}

function singular(name: string): string {
  if (name.endsWith("ies")) return `${name.slice(0, -3)}y`;
  return name.replace(/(?<=[sxz]|ch|sh)es$|s$/, "");
}
