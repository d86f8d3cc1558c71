import type { Oid } from "../../catalog/catalog.js";
import type { ClassifiedTable } from "../../subject/subject.js";

/** One connection inside an open transaction. */
export interface SeedSession {
  /** @returns of several statements in one text, without values, an array of results */
  query(text: string, values?: unknown[]): Promise<{ rows: Record<string, unknown>[] }>;
}

export type TenantLabel = "a" | "b";

/** Of a table that belongs to no tenant, `tenant` says for whose rows it was made. */
export interface SeededRow {
  readonly tenant: TenantLabel;
  /** Every column as text, as stored. */
  readonly values: Readonly<Record<string, string | null>>;
  /** The columns of the primary key, or of another unique key; empty where there is none. */
  readonly key: readonly string[];
  /** A column that holds a text which stands nowhere else. */
  readonly canary: { readonly column: string; readonly text: string } | undefined;
}

export interface SeededTable {
  readonly table: ClassifiedTable;
  /** Two of each tenant where the table allows it. A partitioned table has those of its partitions. */
  readonly rows: readonly SeededRow[];
  /** Why there are none, or only one tenant's. */
  readonly unproven: string | undefined;
  /** Whether both tenants have rows that are alike in the key but for what tells the tenant. */
  readonly colliding: boolean;
}

/** Columns that must be given, with values as text; those left out are the database's to fill. */
export interface FreshRow {
  readonly values: Readonly<Record<string, string | null>>;
}

export interface SeededWorld {
  readonly tenants: Readonly<Record<TenantLabel, string>>;
  readonly tables: ReadonlyMap<Oid, SeededTable>;
  /**
   * A further row that the database was seen to accept, and that is not there: it was inserted behind
   * a savepoint. Parents that it needs and that could not be shared are left in place. To be called
   * with the power that seeded.
   */
  fresh(table: Oid, tenant: TenantLabel): Promise<FreshRow | { readonly unproven: string }>;
}

export interface SeedOptions {
  /** Makes a tenant the acting one by its id, where row security binds the session too. */
  actAs(tenant: TenantLabel, id: string): Promise<void>;
  /** How many of all tables are done. */
  progress?(done: number, all: number): void;
}

export const labels: readonly TenantLabel[] = ["a", "b"];
