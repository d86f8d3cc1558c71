import type { Range } from "./range.js";

/** What a piece of an expression stands for. */
export type Value = ColumnValue | ContextValue | ConstantValue | ComputedValue | OpaqueValue;

export interface ColumnValue {
  readonly kind: "column";
  readonly range: Range;
  readonly name: string;
  readonly text: string;
  /** A conversion or function under which different values become equal, as `::character varying(9)`. */
  readonly lossy?: string;
  /** A conversion that keeps an index from being used, as `::text`. */
  readonly cast?: string;
}

/** What the session or the role tells: a setting, a claim, current_user. */
export interface ContextValue {
  readonly kind: "context";
  readonly text: string;
  readonly sources: readonly ContextSource[];
  readonly lossy?: string;
  /** Whether an empty setting is turned into NULL. */
  readonly emptyIsNull: boolean;
}

export interface ContextSource {
  /** `function`: one that is said to tell the tenant and whose body is not known. */
  readonly kind: "setting" | "sealed" | "role" | "function";
  /** As `app.tenant_id`, or of Tenantry's function. */
  readonly name: string;
}

export interface ConstantValue {
  readonly kind: "constant";
  readonly text: string;
  /** Null for NULL. */
  readonly value: string | null;
}

/** Made from columns or constants by PostgreSQL's own functions: understood, and nothing to bind by. */
export interface ComputedValue {
  readonly kind: "computed";
  readonly text: string;
  /** Whether a column of any row goes into it. */
  readonly columns: boolean;
}

/** What was not understood. */
export interface OpaqueValue {
  readonly kind: "opaque";
  readonly text: string;
  readonly columns: boolean;
}

/** The smallest condition. */
export type Atom =
  | {
      readonly kind: "equal";
      readonly left: Value;
      readonly right: Value;
      /** IS NOT DISTINCT FROM: NULL equals NULL. */
      readonly nullSafe: boolean;
      readonly text: string;
    }
  | { readonly kind: "null"; readonly value: Value; readonly text: string }
  /** Any other condition whose every piece is understood. */
  | { readonly kind: "plain"; readonly values: readonly Value[]; readonly text: string }
  | { readonly kind: "opaque"; readonly columns: boolean; readonly text: string };
