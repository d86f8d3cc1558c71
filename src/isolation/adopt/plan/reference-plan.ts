import { columnNames, quoted, sqlName } from "../../catalog/names.js";
import type { Constraint, Reference, ReferentialAction, Relation } from "../../catalog/relation.js";
import { adoptedOf, type AdoptedTable, type Adoption } from "../adoption.js";
import { shortName } from "./sql.js";

/** A foreign key between tables of tenants that does not carry the tenant, and what takes its place. */
export interface ReferencePlan {
  readonly table: AdoptedTable;
  readonly old: Constraint;
  readonly target: Relation;
  readonly newName: string;
  /** What stands after `add constraint name`. */
  readonly definition: string;
  /** The same of the old one, without NOT VALID. */
  readonly oldDefinition: string;
  /** A CHECK that says what MATCH FULL said. */
  readonly matchFull: string | undefined;
}

export function referencePlans(adoption: Adoption): readonly ReferencePlan[] {
  return adoption.tables.flatMap(withPartitions).flatMap((table) =>
    table.relation.constraints.flatMap((old) => {
      const target =
        old.references === null ? undefined : adoptedOf(adoption, old.references.relation);
      if (old.kind !== "foreign key" || target === undefined || old.inherited) return [];
      const names = columnNames(table.relation, old.columns);
      if (table.keepReferences.has(old.name) || names.includes("tenant_id")) return [];
      return [plan(table, old, target.relation)];
    }),
  );
}

/** A partition may have foreign keys that the whole has not. */
function withPartitions(table: AdoptedTable): readonly AdoptedTable[] {
  return [table, ...table.partitions.map((relation) => ({ ...table, relation, partitions: [] }))];
}

function plan(table: AdoptedTable, old: Constraint, target: Relation): ReferencePlan {
  const reference = old.references!;
  const own = columnsOf(table.relation, old.columns);
  const full = reference.match === "full" && old.columns.length > 1;
  return {
    table,
    old,
    target,
    newName: shortName(old.name, "tenant"),
    definition: [
      `foreign key (tenant_id, ${own}) references ${sqlName(target)} (tenant_id, ${columnsOf(target, reference.columns)})`,
      ...actions(table.relation, old, reference),
      ...timing(old),
    ].join(" "),
    oldDefinition: oldDefinition(table.relation, old, target),
    matchFull: full ? `num_nulls(${own}) in (0, ${old.columns.length})` : undefined,
  };
}

function oldDefinition(relation: Relation, old: Constraint, target: Relation): string {
  const { columns, match, onDelete, onUpdate, setOnDelete } = old.references!;
  const list = setOnDelete.length === 0 ? "" : ` (${columnsOf(relation, setOnDelete)})`;
  return [
    `foreign key (${columnsOf(relation, old.columns)}) references ${sqlName(target)} (${columnsOf(target, columns)})`,
    ...(match === "full" ? ["match full"] : []),
    ...(onDelete === "no action" ? [] : [`on delete ${onDelete}${list}`]),
    ...(onUpdate === "no action" ? [] : [`on update ${onUpdate}`]),
    ...timing(old),
  ].join(" ");
}

function timing({ deferrable, deferred }: Constraint): readonly string[] {
  return deferrable ? [deferred ? "deferrable initially deferred" : "deferrable"] : [];
}

function actions(relation: Relation, old: Constraint, reference: Reference): readonly string[] {
  const { onDelete, onUpdate, setOnDelete } = reference;
  const set = columnsOf(relation, setOnDelete.length > 0 ? setOnDelete : old.columns);
  // Without the list it would empty tenant_id as well.
  const deleted = onDelete.startsWith("set ") ? `${onDelete} (${set})` : onDelete;
  return [
    ...(onDelete === "no action" ? [] : [`on delete ${deleted}`]),
    ...(onUpdate === "no action" || isSet(onUpdate) ? [] : [`on update ${onUpdate}`]),
  ];
}

/** ON UPDATE SET … takes no list of columns. */
export function isSet(action: ReferentialAction): boolean {
  return action === "set null" || action === "set default";
}

function columnsOf(relation: Relation, numbers: readonly number[]): string {
  return numbers
    .map((number) => relation.columns.find((column) => column.number === number)!)
    .map(({ name }) => quoted(name))
    .join(", ");
}
