import type { Index, Relation } from "../../catalog/relation.js";
import type { Adoption, AdoptedTable } from "../adoption.js";
import { shortName } from "./sql.js";

/** A unique index that lacks the tenant, and what takes its place. */
export interface KeyPlan {
  readonly table: AdoptedTable;
  readonly old: Index;
  /** Of the constraint that it is of, where it is one. */
  readonly constraint:
    | {
        readonly name: string;
        readonly kind: "primary key" | "unique";
        /** As ` deferrable`. */
        readonly timing: string;
        /** Without the tenant, as `PRIMARY KEY (id)`. */
        readonly definition: string;
      }
    | undefined;
  /** Of the new index, until it takes the old one's. */
  readonly newName: string;
  /** Of the old index, built again for the way back. */
  readonly backName: string;
  /** Whether the old one goes. */
  readonly replaces: boolean;
  /** Whether foreign keys lead to it. */
  readonly referenced: boolean;
}

/** For every unique index of a tenant's table without the tenant; exclusion constraints are left alone. */
export function keyPlans(adoption: Adoption): readonly KeyPlan[] {
  return adoption.tables.flatMap((table) =>
    table.relation.indexes
      .filter((index) => index.unique && index.valid && !hasTenant(table.relation, index))
      .flatMap((old) => keyPlan(adoption, table, old)),
  );
}

function keyPlan(adoption: Adoption, table: AdoptedTable, old: Index): readonly KeyPlan[] {
  const { relation } = table;
  const found = relation.constraints.find(
    ({ name, kind }) => name === old.name && (kind === "primary key" || kind === "unique"),
  );
  const kept =
    (old.primary && table.keepKey) ||
    table.keepUnique.has(old.name) ||
    found?.grouped === true ||
    isKeptByReference(adoption, relation, old);
  const needed = old.primary || isReferenced(adoption, relation, old);
  if (kept && !needed) return [];
  const timing =
    found?.deferrable === true ? ` deferrable${found.deferred ? " initially deferred" : ""}` : "";
  return [
    {
      table,
      old,
      constraint:
        found === undefined
          ? undefined
          : {
              name: found.name,
              kind: found.kind as "primary key" | "unique",
              timing,
              definition: found.definition,
            },
      newName: shortName(old.name, "tenant"),
      backName: shortName(old.name, "back"),
      replaces: !kept,
      referenced: isReferenced(adoption, relation, old),
    },
  ];
}

export function hasTenant(relation: Relation, { columns }: Pick<Index, "columns">): boolean {
  return columns.some(
    (number) => relation.columns.find((column) => column.number === number)?.name === "tenant_id",
  );
}

/** A table that belongs to no tenant, or a key that may cross tenants, points to it. */
function isKeptByReference(adoption: Adoption, relation: Relation, index: Index): boolean {
  const own = new Map(adoption.tables.map((table) => [table.relation.oid, table]));
  return references(adoption, relation, index).some(
    ({ from, name }) => own.get(from.oid)?.keepReferences.has(name) !== false,
  );
}

function isReferenced(adoption: Adoption, relation: Relation, index: Index): boolean {
  return references(adoption, relation, index).length > 0;
}

function references(adoption: Adoption, relation: Relation, index: Index) {
  return [...adoption.catalog.relations.values()]
    .filter(({ isPartition }) => !isPartition)
    .flatMap((from) =>
      from.constraints.flatMap(({ kind, name, references }) =>
        kind === "foreign key" &&
        references?.relation === relation.oid &&
        sameSet(references.columns, index.columns)
          ? [{ from, name }]
          : [],
      ),
    );
}

export function sameSet(one: readonly number[], other: readonly number[]): boolean {
  return one.length === other.length && one.every((each) => other.includes(each));
}
