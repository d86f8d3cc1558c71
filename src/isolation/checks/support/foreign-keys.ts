import type { Constraint, Reference, Relation } from "../../catalog/relation.js";
import { tenantTables, type ClassifiedTable, type Subject } from "../../subject/subject.js";

/** A foreign key of a tenant's table. */
export interface ForeignKey {
  readonly child: ClassifiedTable;
  readonly constraint: Constraint;
  readonly references: Reference;
  readonly parent: ClassifiedTable;
}

/** Those of tenant tables to any classified table; what a partition has from its parent is left out. */
export function foreignKeys(subject: Subject): readonly ForeignKey[] {
  return tenantTables(subject).flatMap((child) =>
    child.relation.constraints.flatMap((constraint): ForeignKey[] => {
      const { references, kind, inherited } = constraint;
      if (kind !== "foreign key" || references === null || inherited) return [];
      const parent = subject.tables.get(references.relation);
      return parent === undefined ? [] : [{ child, constraint, references, parent }];
    }),
  );
}

/** Whether the reference takes the tenant along: the child's tenant column points to the parent's. */
export function carriesTenant({ child, parent, constraint, references }: ForeignKey): boolean {
  const place = tenantPlace(child, constraint.columns);
  const there = parent.tenantColumn?.number;
  return place !== -1 && there !== undefined && references.columns[place] === there;
}

/** Whether it leads to the table whose rows are the tenants. */
export function leadsToRoot(subject: Subject, { references }: ForeignKey): boolean {
  return references.relation === registryOf(subject)?.oid;
}

/**
 * The table whose rows are the tenants: the one that was said, else the one that most tenant columns
 * point to alone.
 */
export function registryOf(subject: Subject): Relation | undefined {
  if (subject.root !== undefined) return subject.root;
  const counts = new Map<number, number>();
  for (const { relation, tenantColumn } of tenantTables(subject)) {
    for (const { references, columns } of relation.constraints) {
      if (references === null || columns.length !== 1 || columns[0] !== tenantColumn?.number)
        continue;
      counts.set(references.relation, (counts.get(references.relation) ?? 0) + 1);
    }
  }
  const [best] = [...counts].sort((a, b) => b[1] - a[1]);
  return best === undefined ? undefined : subject.catalog.relations.get(best[0]);
}

/** What a deleted or changed parent row does to the rows that refer to it; undefined where it only refuses. */
export function actsOnChildren({ references }: ForeignKey): string | undefined {
  const { onDelete, onUpdate } = references;
  const onDeletion: Partial<Record<typeof onDelete, string>> = {
    cascade: "deletes",
    "set null": "empties",
    "set default": "resets",
  };
  const deletion = onDeletion[onDelete];
  const change = onUpdate === "no action" || onUpdate === "restrict" ? undefined : "rewrites";
  if (deletion === undefined && change === undefined) return undefined;
  return [
    ...(deletion === undefined ? [] : [`deleting the one ${deletion} the other`]),
    ...(change === undefined ? [] : [`changing the key of the one ${change} the other`]),
  ].join(", and ");
}

function tenantPlace({ tenantColumn }: ClassifiedTable, columns: readonly number[]): number {
  return tenantColumn === undefined ? -1 : columns.indexOf(tenantColumn.number);
}
