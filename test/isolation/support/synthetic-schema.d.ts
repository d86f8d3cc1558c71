/** What a made-up table is, and so what has to be said of it. */
export interface SyntheticTable {
  /** As `public.table_7`. */
  readonly name: string;
  /**
   * `guarded`: has the tenant's column and a policy; `open`: has the column and none; the same of a `part`,
   * which belongs to a tenant by its parent alone;
   * `operator's`: the app may not touch it; `nobody's`: nothing in it says whose rows it holds.
   */
  readonly kind: "guarded" | "guarded part" | "open" | "open part" | "operator's" | "nobody's";
}

export interface SyntheticSchema {
  readonly sql: string;
  /** Partitions left out. */
  readonly tables: readonly SyntheticTable[];
  readonly views: readonly string[];
}

export interface SyntheticOptions {
  /** How many tables, partitions included. */
  readonly tables: number;
  /** The same seed gives the same schema. */
  readonly seed: number;
  /** Who may read and write all of it; the role must be there. */
  readonly role: string;
}

/** A schema as years of work leave it: for an empty database. */
export function syntheticSchema(options: SyntheticOptions): SyntheticSchema;
