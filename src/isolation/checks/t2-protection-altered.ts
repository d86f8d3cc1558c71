import { columnNamed, nameOf, sqlName } from "../catalog/names.js";
import type { Policy, Relation } from "../catalog/relation.js";
import type { Subject } from "../subject/subject.js";
import { tenantTables } from "../subject/subject.js";
import type { Check } from "./check.js";

export const t2: Check = {
  id: "T2",
  name: "protection-altered",
  severity: "high",
  title: "A protected table's policies are not those of tenantry.protect()",
  meaning:
    "protect() gives a table two layers, either of which holds alone: a restrictive floor for every role and command, and a policy that lets the application in for the tenant of its seal. Where one of them was changed or dropped, a single further mistake opens the table.",
  *find(subject) {
    const model = modelOf(subject);
    if (model === undefined) return;
    for (const { relation, tenantColumn, why } of tenantTables(subject)) {
      // Tenantry's own are T1's; those of no manifest were never protected.
      if (why !== "tenantry.manifest" || relation.schema === "tenantry") continue;
      if (columnNamed(relation, "tenant_id") !== tenantColumn) continue;
      for (const name of altered(relation, model)) {
        yield {
          subject: nameOf(relation),
          detail: name,
          message: `The policy ${name} of ${nameOf(relation)} was changed or dropped.`,
          mend: `SELECT tenantry.protect('${sqlName(relation).replaceAll("'", "''")}');`,
        };
      }
    }
  },
};

/** Holds the policies as this very server prints them. */
function modelOf({ catalog }: Subject): Relation | undefined {
  return [...catalog.relations.values()].find(
    ({ schema, name }) => schema === "tenantry" && name === "policy_model",
  );
}

function altered(relation: Relation, model: Relation): readonly string[] {
  return model.policies
    .filter((policy) => {
      const own = relation.policies.find(({ name }) => name === policy.name);
      return own === undefined || form(own) !== form(policy);
    })
    .map(({ name }) => name);
}

function form({ command, permissive, roles, using, check }: Policy): string {
  return JSON.stringify([command, permissive, [...roles].sort(), using, check]);
}
