import type { Relation } from "../../catalog/relation.js";
import type { Role } from "../../catalog/roles.js";
import type { ClassifiedTable, Subject } from "../../subject/subject.js";
import type { Context } from "../acting.js";
import type { Attack } from "../rules.js";
import type { Target } from "../target.js";

/** What a mutant is made of: the sound database, and the place that was chosen in it. */
export interface Ground {
  readonly subject: Subject;
  readonly role: Role;
  /** The role, quoted. */
  readonly app: string;
  /** Statements that make a tenant the current one. */
  readonly acting: (context: Context) => readonly string[];
}

/** A tenant table with rows of both tenants, the application's rights on it, and a canary. */
export interface Site extends Ground {
  readonly target: Target;
  readonly sql: string;
  /** Quoted. */
  readonly tenant: string;
  /** A column that holds a text which stands nowhere else; quoted. */
  readonly canary: string;
}

/** One guard broken. It lives in a savepoint. */
interface Break {
  /** Kebab case; never used for another thing once released. */
  readonly name: string;
  /** Rows of the catalogue of gaps. */
  readonly gaps: string;
  /** What the prover must say, all of it. */
  readonly expect: readonly Attack[];
  /** Settings by which SQL is told the tenant once it is broken, beside those of before. */
  readonly settings?: readonly string[];
}

/** One that breaks a tenant table, or something beside it that reads or writes the table. */
export interface TableMutant extends Break {
  readonly on: "table" | "partition" | "partitioned table";
  /** Which tables it can break; all that it is `on` where it is left out. */
  readonly fits?: (site: Site) => boolean;
  readonly sql: (site: Site) => readonly string[];
}

/** One that breaks a table that is no tenant's. */
export interface SharedMutant extends Break {
  readonly on: "global table" | "operator table";
  readonly sql: (ground: Ground, table: ClassifiedTable) => readonly string[];
}

/** One that takes the options from a view that the application reads. */
export interface ViewMutant extends Break {
  readonly on: "view";
  readonly sql: (ground: Ground, view: Relation) => readonly string[];
}

export type Mutant = TableMutant | SharedMutant | ViewMutant;

/** The name of whatever a mutant makes. Only ever inside a transaction that is rolled back. */
export const made = "tenantry_mutant";

/** In the table's schema, which the application may use. */
export const madeBeside = ({ target }: Site, ending = "") =>
  `${target.sql.slice(0, -quotedLength(target.sql))}${made}${ending}`;

function quotedLength(sql: string): number {
  const match = /(?:"(?:[^"]|"")*"|[^".]+)$/.exec(sql);
  return match?.[0].length ?? 0;
}
