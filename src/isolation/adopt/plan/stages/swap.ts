import { quoted, sqlName } from "../../../catalog/names.js";
import type { Adoption } from "../../adoption.js";
import { buildIndex, buildPartitionedIndex } from "../build-index.js";
import { keyPlans, type KeyPlan } from "../key-plan.js";
import { indexIs, when } from "../sql.js";
import type { Stage, Statement, Step } from "../step.js";
import { leads } from "./leads.js";
import { swapOfPartitioned } from "./partitioned-keys.js";

/** The indexes that lead with the tenant take the place and the names of the old ones. */
export function swap(adoption: Adoption): Stage {
  return {
    number: 80,
    name: "swap",
    purpose:
      "Puts the new indexes in the place of the old: primary keys become (tenant_id, …), unique constraints lead with the tenant, all under their old names. Statements that say ON CONFLICT (id) must say ON CONFLICT (tenant_id, id) from here on; where that cannot be, the manifest's keepKey and keepUnique leave the old ones.",
    locks:
      "ACCESS EXCLUSIVE on one table at a time, for a moment. The primary key of a partitioned table that foreign keys lead to is built under that lock.",
    duration:
      "Milliseconds for each; for partitioned tables that foreign keys lead to as long as their primary key takes.",
    steps: keyPlans(adoption)
      .filter(({ replaces }) => replaces)
      .map(step),
  };
}

function step(plan: KeyPlan): Step {
  const { relation } = plan.table;
  const title = `${sqlName(relation)}: ${plan.old.name} leads with the tenant`;
  return relation.kind === "partitioned table" && plan.constraint !== undefined
    ? swapOfPartitioned(plan, title)
    : { title, statements: [exchange(plan)], undo: rebuild(plan) };
}

function exchange({ table, old, constraint, newName }: KeyPlan): string {
  const { relation } = table;
  const [name, schema] = [sqlName(relation), quoted(relation.schema)];
  const own = quoted(old.name);
  const statements =
    constraint === undefined
      ? [
          `drop index if exists ${schema}.${own}`,
          `alter index ${schema}.${quoted(newName)} rename to ${own}`,
        ]
      : [
          `alter table ${name} drop constraint if exists ${own}`,
          `alter table ${name} add constraint ${own} ${constraint.kind} using index ${quoted(newName)}${constraint.timing}`,
        ];
  // Run again, the stage before has built one more.
  return when(
    indexIs(relation.schema, newName),
    `if ${leads(relation.schema, old.name)} then drop index ${schema}.${quoted(newName)}; else ${statements.join("; ")}; end if`,
  );
}

/** The old index comes back under another name; the stage before gives it its own again. */
function rebuild({ table, old, backName }: KeyPlan): readonly Statement[] {
  return table.relation.kind === "partitioned table"
    ? buildPartitionedIndex(table, old, backName, false)
    : [buildIndex(table.relation, old.definition, backName, false)];
}
