import { nameOf } from "../../catalog/names.js";
import type { Relation } from "../../catalog/relation.js";
import type { InferredTable } from "./inference.js";
import { isMigrationTable, isPeople, isSignIn } from "./signs.js";
import type { Ground } from "./spread.js";

const assumed =
  'Assumed: the app must read and write all of its rows, whichever tenant it acts for. If not, say "access": "read", or give it another class.';

/** A table from which nothing leads to a tenant, and of which nobody has to be asked. */
export function sharedTable(ground: Ground, relation: Relation): InferredTable {
  const apart = { relation, class: "global", way: "apart", through: [] } as const;
  const from = pointing(ground, relation);
  if (isMigrationTable(relation)) {
    return { ...apart, evidence: ["Its name is that of a migration tool's own table."] };
  }
  if (isPeople(relation)) {
    const met =
      from.length === 0 ? "" : ` Tables of several tenants point to them: ${from.join(", ")}.`;
    return {
      ...apart,
      written: true,
      evidence: [
        `People, who can belong to several tenants; nothing leads from them to one.${met}`,
        assumed,
      ],
    };
  }
  if (isSignIn(relation)) {
    return {
      ...apart,
      written: true,
      evidence: [
        "It holds what a sign-in needs before the tenant is known; nothing leads from it to a tenant.",
        assumed,
      ],
    };
  }
  return {
    ...apart,
    evidence: ["A list that rows are looked up in; nothing leads from it to a tenant."],
  };
}

function pointing(ground: Ground, relation: Relation): readonly string[] {
  return [
    ...new Set((ground.incoming.get(relation.oid) ?? []).map(({ table }) => nameOf(table))),
  ].slice(0, 5);
}
