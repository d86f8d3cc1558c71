import { tenantTables, type ClassifiedTable, type Subject } from "../subject/subject.js";
import { checkOf, policiesFor } from "./applies.js";
import { meaningOf } from "./effective.js";
import { askersOf } from "./leaks.js";
import type { Case } from "./meaning.js";
import { dataCommands } from "./verdicts.js";

/** A case of a policy that ties the row to the acting tenant. */
export interface Bond {
  readonly table: ClassifiedTable;
  readonly policy: string;
  readonly case: Case;
}

const known = new WeakMap<Subject, readonly Bond[]>();

/** How the policies that hold the application's roles tie rows to their tenant; each policy's case once. */
export function policyBonds(subject: Subject): readonly Bond[] {
  const before = known.get(subject);
  if (before !== undefined) return before;
  const found = new Map<string, Bond>();
  for (const table of tenantTables(subject)) {
    if (!table.relation.rowSecurity) continue;
    for (const bond of bondsOf(subject, table)) {
      const key = [table.relation.oid, bond.policy, bond.case.kind, bond.case.text].join();
      found.set(key, bond);
    }
  }
  const bonds = [...found.values()];
  known.set(subject, bonds);
  return bonds;
}

function* bondsOf(subject: Subject, table: ClassifiedTable): Iterable<Bond> {
  for (const asker of askersOf(subject)) {
    const policies = new Set(
      dataCommands.flatMap((command) =>
        policiesFor(subject.catalog, asker.role, table.relation, command),
      ),
    );
    for (const policy of policies) {
      for (const text of new Set([policy.using, checkOf(policy)])) {
        if (text === null) continue;
        for (const each of meaningOf(text, table, asker, subject).cases) {
          if (each.contexts.length > 0) yield { table, policy: policy.name, case: each };
        }
      }
    }
  }
}
