import type { Catalog, Oid } from "../../catalog/catalog.js";
import type { Batched } from "./batched.js";
import { labels, type TenantLabel } from "./contract.js";
import { Evaluator } from "./evaluate.js";
import type { Options } from "./options.js";
import type { Shapes } from "./shape.js";
import type { RowSeed } from "./values/seed-number.js";

export type Stored = Readonly<Record<string, string | null>>;

/** A row that is in the table now. */
export interface StoredRow {
  readonly tenant: TenantLabel;
  readonly ordinal: number;
  readonly word: string;
  readonly values: Stored;
}

/** What seeding knows and has done so far. */
export class Ground {
  readonly rows = new Map<Oid, StoredRow[]>();
  /** Why a table has no rows of a tenant. */
  readonly problems = new Map<Oid, Partial<Record<TenantLabel, string>>>();
  /** What a constraint that is looked at only at the end says, by the table's name. */
  deferred: { readonly table: string | undefined; readonly reason: string } | undefined;
  private readonly evaluators = new Map<Oid, Evaluator>();
  private readonly leaves = new Map<Oid, readonly Oid[]>();
  private count = 0;

  constructor(
    readonly session: Batched,
    readonly catalog: Catalog,
    readonly shapes: Shapes,
    readonly options: Options,
    readonly root: Oid | undefined,
    readonly tenants: Record<TenantLabel, string>,
    private readonly run: string,
    private readonly offset: number,
  ) {}

  /** Of a partitioned table those of its partitions. */
  rowsOf(oid: Oid): readonly StoredRow[] {
    return this.leavesOf(oid).flatMap((leaf) => this.rows.get(leaf) ?? []);
  }

  keep(oid: Oid, row: StoredRow): void {
    this.rows.set(oid, [...(this.rows.get(oid) ?? []), row]);
  }

  /** The tables that hold the rows of this one: itself, or its partitions' partitions. */
  leavesOf(oid: Oid): readonly Oid[] {
    const known = this.leaves.get(oid);
    if (known !== undefined) return known;
    const isPartitioned = this.catalog.relations.get(oid)?.kind === "partitioned table";
    const children = [...this.catalog.relations.values()].filter(({ parents }) =>
      parents.includes(oid),
    );
    const leaves = isPartitioned ? children.flatMap((child) => this.leavesOf(child.oid)) : [oid];
    this.leaves.set(oid, leaves);
    return leaves;
  }

  evaluator(oid: Oid): Evaluator {
    const evaluator =
      this.evaluators.get(oid) ?? new Evaluator(this.session, this.shapes.get(oid)!);
    this.evaluators.set(oid, evaluator);
    return evaluator;
  }

  /** For a row that must be like no other. */
  ownSeed(tenant: TenantLabel, table: string): RowSeed {
    this.count += 1;
    return this.seed(this.count * labels.length + labels.indexOf(tenant), `${table}-${tenant}`);
  }

  /** For values that both tenants' rows of one ordinal have. */
  sharedSeed(ordinal: number, table: string): RowSeed {
    return this.seed(ordinal, `${table}-shared`);
  }

  private seed(number: number, name: string): RowSeed {
    const slug = name.toLowerCase().replace(/[^a-z0-9]+/g, "-");
    return {
      number,
      offset: this.offset,
      run: this.run,
      word: `canary-${this.run}-${slug}-${number}`,
    };
  }
}
