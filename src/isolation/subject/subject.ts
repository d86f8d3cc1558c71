import type { Catalog, Oid } from "../catalog/catalog.js";
import type { Column, Relation } from "../catalog/relation.js";
import type { Role } from "../catalog/roles.js";

/** What is judged: a database, whose rows are whose, who asks, and how the tenant is told. */
export interface Subject {
  readonly catalog: Catalog;
  /** The roles that the application logs in with: at least one. */
  readonly appRoles: readonly Role[];
  /** The table whose rows are the tenants. */
  readonly root: Relation | undefined;
  readonly context: TenantContext;
  /** Every table, partitioned table and foreign table, partitions included. */
  readonly tables: ReadonlyMap<Oid, ClassifiedTable>;
  /** What nobody said and was concluded, a sentence each, with the option that says it. */
  readonly assumptions: readonly string[];
}

/** What SQL reads the acting tenant from. */
export interface TenantContext {
  /** As `app.tenant_id`. */
  readonly settings: readonly string[];
  /** With their schema, as `tenantry.current_tenant`. */
  readonly functions: readonly string[];
  /** Tenantry's own sealed scope. */
  readonly sealed: boolean;
}

export interface ClassifiedTable {
  readonly relation: Relation;
  /** `unclassified`: nobody said, and nothing could be concluded. */
  readonly class: "tenant" | "global" | "operator" | "unclassified";
  /**
   * Of a tenant table: the column that holds the tenant. Undefined where the table has none of its own
   * and belongs to a tenant by its foreign keys.
   */
  readonly tenantColumn: Column | undefined;
  /** How that is known, in a few words. */
  readonly why: string;
  /** The manifest leaves it to a person: nothing is concluded then. */
  readonly asked?: true;
}

export interface SubjectOptions {
  /** Names of columns that hold the tenant. Default: told by the manifest, the policies and the columns. */
  readonly tenantColumns?: readonly string[];
  /** `organizations` or `public.organizations`. */
  readonly root?: string;
  /** As `app.tenant_id`. Default: what the policies read. */
  readonly settings?: readonly string[];
  /** Names of roles. Default: members of tenantry_app, or told by their rights. */
  readonly appRoles?: readonly string[];
}

/** The tables that belong to tenants, with or without a column of their own. */
export function tenantTables(subject: Subject): readonly ClassifiedTable[] {
  return [...subject.tables.values()].filter((table) => table.class === "tenant");
}
