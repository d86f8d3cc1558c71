import type { Oid } from "../../catalog/catalog.js";
import type { Relation } from "../../catalog/relation.js";
import type { Manifest } from "../../manifest/manifest.js";
import type { Link } from "./link.js";

/** How a table came to its class. */
export type Way =
  /** Its rows are the tenants. */
  | "root"
  /** It points to the root, or has a column that holds the tenant. */
  | "direct"
  /** It points to a table of a tenant's. */
  | "through"
  /** A table of a tenant's points to it, once to each row. */
  | "inverted"
  /** A partition or an inheritance child, as its parent. */
  | "parent"
  /** A person said so in the manifest. */
  | "answer"
  /** Nothing leads from it to a tenant. */
  | "apart"
  /** It cannot be told. */
  | "open";

export interface InferredTable {
  readonly relation: Relation;
  readonly class: "tenant" | "global" | "operator" | "unclear";
  readonly way: Way;
  /** The column that holds the tenant already: of type uuid, as Tenantry's own. */
  readonly column?: string;
  /** The links by which a row's tenant is found, the first that leads somewhere counts. As in a manifest. */
  readonly through: readonly string[];
  /** Steps to the root: 0 for the root itself, 1 for what points to it. Undefined where none is known. */
  readonly depth?: number;
  /** Sentences. */
  readonly evidence: readonly string[];
  /** Where it is `unclear`. */
  readonly question?: string;
  readonly candidates?: readonly string[];
  /** Of a global table: whether the app must be able to write it, as users and sessions. */
  readonly written?: boolean;
}

export interface Inference {
  readonly root: Relation;
  /** Every table, partition, materialized and foreign table, but Tenantry's own and those of extensions. */
  readonly tables: ReadonlyMap<Oid, InferredTable>;
}

export interface InferOptions {
  /** As `organizations` or `public.organizations`; quotes are not needed. */
  readonly root: string;
  /** A column that holds the root's id wherever it occurs, as `org`. */
  readonly tenantColumn?: string;
  /** What a person decided: these tables are taken as they stand, but for those still `unclear`. */
  readonly answers?: Manifest["tables"];
}

/** A table that belongs to a tenant for certain. */
export interface Placed {
  readonly way: Way;
  readonly depth: number;
  readonly links: readonly Link[];
  readonly inverse?: boolean;
  readonly evidence: readonly string[];
}
