import { quoted, sqlName } from "../../../catalog/names.js";
import { storesOf, type AdoptedTable, type Adoption } from "../../adoption.js";
import { buildIndex, concurrently } from "../build-index.js";
import { keyPlans, type KeyPlan } from "../key-plan.js";
import { indexIs, shortName, when } from "../sql.js";
import type { Stage, Step } from "../step.js";
import { buildOnPartitions, dropFromPartitions } from "./partitioned-keys.js";

/** Builds the indexes that lead with the tenant, beside those that are there. */
export function keys(adoption: Adoption): Stage {
  const plans = keyPlans(adoption);
  const bare = adoption.tables.filter(
    ({ relation }) =>
      !plans.some(({ table }) => table.relation === relation) &&
      !relation.indexes.some(({ columns, valid }) => valid && isTenant(relation, columns[0])),
  );
  return {
    number: 60,
    name: "keys",
    purpose:
      "Builds a unique index (tenant_id, …) beside each key and each unique index that lacks the tenant, and an index (tenant_id) where a table has no key.",
    locks:
      "SHARE UPDATE EXCLUSIVE, which lets reads and writes pass, while an index is built concurrently. It waits for transactions that are older than itself.",
    duration: "As long as the indexes take; the longest stage with the backfill.",
    steps: [...plans.map(unique), ...bare.map(plain)],
  };
}

function isTenant(relation: AdoptedTable["relation"], number: number | undefined): boolean {
  return relation.columns.some((column) => column.number === number && column.name === "tenant_id");
}

function unique(plan: KeyPlan): Step {
  const { relation } = plan.table;
  return {
    title: `${sqlName(relation)}: ${plan.old.name} with the tenant first`,
    statements:
      relation.kind === "partitioned table"
        ? buildOnPartitions(plan)
        : [buildIndex(relation, plan.old.definition, plan.newName, true)],
    undo: undoUnique(plan),
  };
}

/**
 * The old index was built again under `backName` when its place was taken; where a constraint stands
 * on the new one, it goes over to that.
 */
function undoUnique(plan: KeyPlan): readonly string[] {
  const { relation } = plan.table;
  const { schema } = relation;
  const back = quoted(plan.backName);
  const drop = `drop index if exists ${quoted(schema)}.${quoted(plan.newName)}`;
  if (plan.constraint === undefined) {
    return [
      when(
        indexIs(schema, plan.backName),
        `drop index if exists ${quoted(schema)}.${quoted(plan.old.name)}`,
        `alter index ${quoted(schema)}.${back} rename to ${quoted(plan.old.name)}`,
      ),
      drop,
    ];
  }
  if (relation.kind === "partitioned table") return dropFromPartitions(plan);
  const { name, kind, timing } = plan.constraint;
  const table = sqlName(relation);
  return [
    when(
      indexIs(schema, plan.backName),
      `alter table ${table} drop constraint if exists ${quoted(name)}`,
      `alter table ${table} add constraint ${quoted(name)} ${kind} using index ${back}${timing}`,
    ),
    drop,
  ];
}

function plain(table: AdoptedTable): Step {
  const { relation } = table;
  const name = shortName(relation.name, "tenant_id_idx");
  return {
    title: `${sqlName(relation)}: an index on the tenant`,
    statements: [
      ...storesOf(table).map((store) => {
        const own = store === relation ? name : shortName(store.name, "tenant_id_idx");
        const build = `create index concurrently if not exists ${quoted(own)} on ${sqlName(store)} (tenant_id)`;
        return concurrently(store, own, build);
      }),
      ...(relation.kind === "partitioned table"
        ? [`create index if not exists ${quoted(name)} on ${sqlName(relation)} (tenant_id)`]
        : []),
    ],
    undo: [
      `drop index if exists ${quoted(relation.schema)}.${quoted(name)}`,
      ...storesOf(table).map(
        (store) =>
          `drop index if exists ${quoted(store.schema)}.${quoted(shortName(store.name, "tenant_id_idx"))}`,
      ),
    ],
  };
}
