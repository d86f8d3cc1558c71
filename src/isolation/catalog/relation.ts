import type { Grant, Oid } from "./catalog.js";

export type RelationKind =
  "table" | "partitioned table" | "view" | "materialized view" | "foreign table" | "sequence";

export interface Relation {
  readonly oid: Oid;
  readonly schema: string;
  readonly name: string;
  readonly kind: RelationKind;
  readonly owner: Oid;
  readonly grants: readonly Grant[];
  readonly rowSecurity: boolean;
  readonly forceRowSecurity: boolean;
  /** As `security_invoker=true`. */
  readonly options: readonly string[];
  readonly isPartition: boolean;
  /** What it inherits from, or is a partition of. */
  readonly parents: readonly Oid[];
  /** As FOR VALUES … of a partition, or PARTITION BY's list. */
  readonly partitionBound: string | null;
  readonly partitionKey: string | null;
  /** The planner's guess; -1 where it was never counted. */
  readonly estimatedRows: number;
  /** The extension that made it. */
  readonly extension: string | null;
  /** By position; dropped columns are left out. */
  readonly columns: readonly Column[];
  readonly constraints: readonly Constraint[];
  readonly indexes: readonly Index[];
  readonly policies: readonly Policy[];
  readonly triggers: readonly Trigger[];
  /** Those that views are made of (`_RETURN`) too. */
  readonly rules: readonly Rule[];
  /** The query of a view or a materialized view. */
  readonly definition: string | null;
  /** The writes that a view takes, by itself or by INSTEAD OF triggers and rules; empty for other kinds. */
  readonly accepts: readonly ("INSERT" | "UPDATE" | "DELETE")[];
}

export interface Column {
  readonly number: number;
  readonly name: string;
  /** As format_type() says it, as `character varying(20)` or `app.mood`. */
  readonly type: string;
  /** Of the type without its modifier, or of what a domain is based on, as `uuid`, `pg_catalog.int4` without schema: `int4`. */
  readonly baseType: string;
  /** pg_type.typtype of the declared type: `b` base, `e` enum, `d` domain, `c` composite, `r` range, `m` multirange. */
  readonly typeKind: string;
  /** pg_type.typcategory of the base type: `A` array, `N` number, `S` text, … */
  readonly category: string;
  /** The labels, in order, where it is an enum, or an array of one. */
  readonly labels: readonly string[] | null;
  /** The element's base type, where it is an array. */
  readonly elementType: string | null;
  /** The CHECKs of its domain, as SQL over VALUE. */
  readonly domainChecks: readonly string[];
  readonly notNull: boolean;
  /** As SQL; what generates it, where `generated` is not "". */
  readonly default: string | null;
  /** "" | "stored" | "virtual" */
  readonly generated: string;
  /** "" | "always" | "by default" */
  readonly identity: string;
  readonly collation: string | null;
  readonly collationDeterministic: boolean;
  /** Privileges on the column alone. */
  readonly grants: readonly Grant[];
}

export type ConstraintKind =
  "primary key" | "unique" | "foreign key" | "check" | "exclusion" | "not null" | "trigger";

export interface Constraint {
  readonly oid: Oid;
  readonly name: string;
  readonly kind: ConstraintKind;
  /** Their numbers. */
  readonly columns: readonly number[];
  readonly validated: boolean;
  /** False for NOT ENFORCED (PostgreSQL 18). */
  readonly enforced: boolean;
  readonly deferrable: boolean;
  readonly deferred: boolean;
  /** As pg_get_constraintdef() says it. */
  readonly definition: string;
  /** The expression of a CHECK. */
  readonly expression: string | null;
  /** Of a partition or inheritance child: made for the parent's. */
  readonly inherited: boolean;
  /** Of a foreign key: ALTER TABLE … DISABLE TRIGGER ALL has put it to sleep. */
  readonly asleep: boolean;
  /** A view or a function says GROUP BY with the key's columns alone, and would fall with it. */
  readonly grouped: boolean;
  readonly references: Reference | null;
}

export interface Reference {
  readonly relation: Oid;
  readonly columns: readonly number[];
  readonly onDelete: ReferentialAction;
  readonly onUpdate: ReferentialAction;
  readonly match: "simple" | "full" | "partial";
  /** `SET NULL (columns)`: empty means all. */
  readonly setOnDelete: readonly number[];
}

export type ReferentialAction = "no action" | "restrict" | "cascade" | "set null" | "set default";

export interface Index {
  readonly oid: Oid;
  readonly name: string;
  /** In order; 0 stands for an expression. Those that are only INCLUDEd are left out. */
  readonly columns: readonly number[];
  readonly unique: boolean;
  readonly primary: boolean;
  readonly exclusion: boolean;
  readonly valid: boolean;
  readonly method: string;
  readonly nullsNotDistinct: boolean;
  /** Of a partial index, as SQL. */
  readonly predicate: string | null;
  readonly definition: string;
}

export type Command = "ALL" | "SELECT" | "INSERT" | "UPDATE" | "DELETE";

export interface Policy {
  readonly name: string;
  readonly command: Command;
  readonly permissive: boolean;
  /** 0 is PUBLIC. */
  readonly roles: readonly Oid[];
  /** USING, as SQL. */
  readonly using: string | null;
  /** WITH CHECK, as SQL; without one USING serves, but for INSERT. */
  readonly check: string | null;
}

export interface Trigger {
  readonly name: string;
  readonly function: Oid;
  /** `origin` | `disabled` | `replica` | `always` */
  readonly enabled: string;
  readonly constraint: boolean;
  readonly deferrable: boolean;
  readonly deferred: boolean;
  readonly definition: string;
}

export interface Rule {
  readonly name: string;
  readonly event: "SELECT" | "UPDATE" | "INSERT" | "DELETE";
  readonly instead: boolean;
  readonly enabled: string;
  readonly definition: string;
  /** What it reads or writes, itself left out. */
  readonly relations: readonly Oid[];
  readonly functions: readonly Oid[];
}
