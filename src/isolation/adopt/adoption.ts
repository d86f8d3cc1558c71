import type { Catalog, Oid } from "../catalog/catalog.js";
import type { Column, Relation } from "../catalog/relation.js";
import type { ThroughWay } from "./infer/way.js";

/** A manifest and a catalog brought together: what is to be done to which table. */
export interface Adoption {
  readonly catalog: Catalog;
  readonly root: AdoptedTable;
  /** The one column that the root's rows are known by. */
  readonly rootKey: Column;
  /** What leads from a row of the root to the row above it, where whole trees are one tenant. */
  readonly rootParent: Column | undefined;
  /** The tables of tenants, the root first, and each after those that it learns its tenant from. */
  readonly tables: readonly AdoptedTable[];
  readonly shared: readonly SharedTable[];
  /** Columns `tenant_id` of another type, which are in the way. */
  readonly renamed: readonly { readonly relation: Relation; readonly to: string }[];
}

export interface AdoptedTable {
  readonly relation: Relation;
  readonly ways: readonly ThroughWay[];
  readonly keepUnique: ReadonlySet<string>;
  readonly keepReferences: ReadonlySet<string>;
  readonly keepKey: boolean;
  /** Its partitions at every level, the deepest first. */
  readonly partitions: readonly Relation[];
}

export interface SharedTable {
  readonly relation: Relation;
  readonly class: "global" | "operator";
  readonly reason: string;
  readonly written: boolean;
}

/** The column that Tenantry keeps the tenant in. */
export const tenantColumn = "tenant_id";

export function tenantColumnOf(relation: Relation): Column | undefined {
  return relation.columns.find(({ name }) => name === tenantColumn);
}

/** Of a table, or of the whole that it is a partition of. */
export function adoptedOf(adoption: Adoption, oid: Oid): AdoptedTable | undefined {
  return adoption.tables.find(({ relation }) => relation.oid === oid);
}

/** An inheritance child of another tenant table, whose columns come from there. */
export function isChild(adoption: Adoption, { relation }: AdoptedTable): boolean {
  return relation.parents.some((oid) => adoptedOf(adoption, oid) !== undefined);
}

/** The relations that hold its rows: its leaf partitions, or itself. */
export function storesOf({ relation, partitions }: AdoptedTable): readonly Relation[] {
  return [relation, ...partitions].filter(({ kind }) => kind === "table");
}
