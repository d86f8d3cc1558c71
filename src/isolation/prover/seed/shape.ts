import type { Oid } from "../../catalog/catalog.js";
import type { Column, Relation } from "../../catalog/relation.js";
import type { ClassifiedTable, Subject } from "../../subject/subject.js";
import { readChecks, type RowCheck } from "./checks.js";
import type { SeedSession } from "./contract.js";
import { emptiedColumns } from "./hints/emptied.js";
import { hintsOf, type Hints } from "./hints/hints.js";
import { linksOf, type Link } from "./links.js";
import { keyColumns, uniquesOf, type Unique } from "./uniques.js";

/** A table that rows are put into, as seeding sees it. */
export interface TableShape {
  readonly table: ClassifiedTable;
  readonly relation: Relation;
  readonly links: readonly Link[];
  readonly uniques: readonly Unique[];
  readonly key: readonly string[];
  readonly checks: readonly RowCheck[];
  /** Values that its CHECKs speak of. */
  readonly hints: Hints;
  /** Columns that policies and views want to be null. */
  readonly emptied: ReadonlySet<string>;
  /** The column that holds the tenant's id itself; undefined where none does. */
  readonly tenantColumn: string | undefined;
}

export type Shapes = ReadonlyMap<Oid, TableShape>;

/** Of everything that holds rows itself: plain tables and the leaves of partitioned ones. */
export async function readShapes(session: SeedSession, subject: Subject): Promise<Shapes> {
  const plain = neededTables(subject);
  const checks = await readChecks(
    session,
    plain.map(({ relation }) => relation),
  );
  return new Map(
    plain.map((table) => {
      const { relation } = table;
      const uniques = uniquesOf(relation);
      const own = checks.get(relation.oid) ?? [];
      return [
        relation.oid,
        {
          table,
          relation,
          links: linksOf(relation, subject.catalog),
          uniques,
          key: keyColumns(relation, uniques),
          checks: own,
          hints: hintsOf(relation, own, subject.catalog),
          emptied: emptiedColumns(relation, subject.catalog),
          tenantColumn: tenantColumnOf(table, subject),
        },
      ];
    }),
  );
}

/** Of Tenantry's own tables those that others refer to: nobody aims at the rest. */
function neededTables(subject: Subject): readonly ClassifiedTable[] {
  const plain = [...subject.tables.values()].filter(({ relation }) => relation.kind === "table");
  const isOwn = ({ relation, class: kind }: ClassifiedTable) =>
    relation.schema === "tenantry" && kind === "operator" && relation.oid !== subject.root?.oid;
  const needed = new Set(plain.filter((table) => !isOwn(table)));
  // Grows while it is walked.
  for (const { relation } of needed) {
    for (const { target } of linksOf(relation, subject.catalog)) {
      const table = subject.tables.get(target);
      if (table?.relation.kind === "table") needed.add(table);
    }
  }
  return plain.filter((table) => needed.has(table));
}

/** The column of the root that other tables hold as the tenant. */
export function rootColumn(subject: Subject): Column | undefined {
  const { root } = subject;
  if (root === undefined) return undefined;
  const counts = new Map<number, number>();
  for (const { relation, tenantColumn } of subject.tables.values()) {
    for (const { references, columns } of relation.constraints) {
      if (references?.relation !== root.oid) continue;
      references.columns.forEach((number, index) => {
        const isTenant = columns[index] === tenantColumn?.number ? 1000 : 1;
        counts.set(number, (counts.get(number) ?? 0) + isTenant);
      });
    }
  }
  const own = subject.tables.get(root.oid)?.tenantColumn;
  const [most] = [...counts].sort(([, one], [, other]) => other - one);
  const primary = root.constraints.find(({ kind }) => kind === "primary key")?.columns ?? [];
  const number = own?.number ?? most?.[0] ?? (primary.length === 1 ? primary[0] : undefined);
  return root.columns.find((column) => column.number === number);
}

/**
 * The column whose value is the tenant's id. A tenant column that refers to something else than the
 * root holds that thing's id, which its foreign key fills.
 */
function tenantColumnOf(table: ClassifiedTable, subject: Subject): string | undefined {
  const { relation, tenantColumn } = table;
  if (relation.oid === subject.root?.oid) return rootColumn(subject)?.name;
  if (tenantColumn === undefined || tenantColumn.generated !== "") return undefined;
  const root = rootColumn(subject);
  for (const { references, columns } of relation.constraints) {
    const index = columns.indexOf(tenantColumn.number);
    if (references === null || index < 0) continue;
    const target = references.columns[index];
    const isRoot = references.relation === subject.root?.oid && target === root?.number;
    const isTenant = subject.tables.get(references.relation)?.tenantColumn?.number === target;
    const isRegistry = refersTo(subject.root, root?.number, references.relation, target);
    if (subject.root !== undefined && !isRoot && !isTenant && !isRegistry) return undefined;
  }
  return tenantColumn.name;
}

/** Whether what the root itself names its tenant by is a row of that table, as of Tenantry's registry. */
function refersTo(
  root: Relation | undefined,
  column: number | undefined,
  target: Oid,
  targetColumn: number | undefined,
): boolean {
  return (root?.constraints ?? []).some(
    ({ references, columns }) =>
      references?.relation === target &&
      columns.length === 1 &&
      columns[0] === column &&
      references.columns[0] === targetColumn,
  );
}
