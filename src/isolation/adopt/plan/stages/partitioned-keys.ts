import { quoted, sqlName } from "../../../catalog/names.js";
import type { Relation } from "../../../catalog/relation.js";
import { storesOf } from "../../adoption.js";
import { buildIndex, buildPartitionedIndex, partitionIndexName } from "../build-index.js";
import type { KeyPlan } from "../key-plan.js";
import { shortName, when } from "../sql.js";
import type { Statement, Step } from "../step.js";
import { leads } from "./leads.js";

/**
 * Builds it on each partition. On the whole as well where foreign keys lead there, for they need it before
 * the primary key has changed.
 */
export function buildOnPartitions({
  table,
  old,
  constraint,
  newName,
  referenced,
}: KeyPlan): readonly Statement[] {
  if (constraint === undefined || referenced)
    return buildPartitionedIndex(table, old, newName, true);
  return storesOf(table).map((leaf) =>
    buildIndex(leaf, old.definition, partitionIndexName(leaf, newName), true),
  );
}

/** What was not taken for a key yet. */
export function dropFromPartitions({ table, newName }: KeyPlan): readonly string[] {
  return [
    `drop index if exists ${quoted(table.relation.schema)}.${quoted(newName)}`,
    ...storesOf(table).map((leaf) => dropOf(leaf, newName)),
  ];
}

/**
 * PRIMARY KEY USING INDEX is for the partitions only; that of the whole then finds theirs. It is built
 * anew where theirs are taken, by an index that foreign keys hang on.
 */
export function swapOfPartitioned(plan: KeyPlan, title: string): Step {
  const { table, old, newName, referenced } = plan;
  const { kind, definition } = plan.constraint!;
  const { relation } = table;
  const own = quoted(old.name);
  const drop = `alter table ${sqlName(relation)} drop constraint if exists ${own}`;
  const add = (definition: string) =>
    `alter table ${sqlName(relation)} add constraint ${own} ${definition}`;
  const leaves = referenced ? [] : storesOf(table);
  const isSwapped = leads(relation.schema, old.name);
  return {
    title,
    statements: [
      when(
        `not ${isSwapped}`,
        drop,
        ...leaves.map(
          (leaf) =>
            `alter table ${sqlName(leaf)} add constraint ${quoted(keyNameOf(leaf, plan))} ${kind} using index ${quoted(partitionIndexName(leaf, newName))}${plan.constraint!.timing}`,
        ),
        add(definition.replace("(", "(tenant_id, ")),
      ),
      // Run again, the stage before has built one more.
      ...leaves.map((leaf) => dropOf(leaf, newName)),
    ],
    undo: [when(isSwapped, drop, add(definition))],
  };
}

function dropOf(leaf: Relation, newName: string): string {
  return `drop index if exists ${quoted(leaf.schema)}.${quoted(partitionIndexName(leaf, newName))}`;
}

/** Of the key that the partition has for the whole's. */
function keyNameOf(leaf: Relation, { table, old, constraint }: KeyPlan): string {
  const names = ({ columns }: Relation, numbers: readonly number[]) =>
    numbers.map((number) => columns.find((each) => each.number === number)?.name).join();
  const wanted = names(table.relation, old.columns);
  const found = leaf.constraints.find(
    ({ kind, inherited, columns }) =>
      kind === constraint!.kind && inherited && names(leaf, columns) === wanted,
  );
  return found?.name ?? shortName(leaf.name, constraint!.kind === "unique" ? "key" : "pkey");
}
