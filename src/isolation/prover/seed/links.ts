import type { Catalog, Oid } from "../../catalog/catalog.js";
import { columnNames } from "../../catalog/names.js";
import type { Relation } from "../../catalog/relation.js";

/** A foreign key, by the names of its columns. */
export interface Link {
  readonly name: string;
  readonly columns: readonly string[];
  readonly target: Oid;
  readonly targetColumns: readonly string[];
  /** None of its columns may be null: a row cannot be without it. */
  readonly required: boolean;
  /** Those that may be null, and let go of the parent by it. */
  readonly nullable: readonly string[];
  /** All of its columns are null, or none. */
  readonly matchFull: boolean;
}

/** The foreign keys of a table that new rows must obey. */
export function linksOf(relation: Relation, catalog: Catalog): readonly Link[] {
  const links: Link[] = [];
  for (const { kind, name, columns, references, enforced, inherited } of relation.constraints) {
    if (kind !== "foreign key" || references === null || !enforced) continue;
    // A key that points at a partitioned table is entered again for each of its partitions.
    if (inherited && catalog.relations.get(references.relation)?.isPartition) continue;
    const target = catalog.relations.get(references.relation);
    if (target === undefined) continue;
    // What a generated column refers to follows from other columns; only they can be chosen.
    const isGenerated = relation.columns.some(
      ({ number, generated }) => columns.includes(number) && generated !== "",
    );
    if (isGenerated) continue;
    const nullable = relation.columns
      .filter(({ number, notNull }) => columns.includes(number) && !notNull)
      .map((column) => column.name);
    links.push({
      name,
      columns: columnNames(relation, columns),
      target: target.oid,
      targetColumns: columnNames(target, references.columns),
      required: nullable.length === 0,
      nullable,
      matchFull: references.match === "full",
    });
  }
  return links;
}
