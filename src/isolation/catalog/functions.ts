import type { Grant, Oid } from "./catalog.js";

export interface DatabaseFunction {
  readonly oid: Oid;
  readonly schema: string;
  readonly name: string;
  /** As `integer, text`. */
  readonly arguments: string;
  readonly argumentCount: number;
  readonly returns: string;
  readonly kind: "function" | "procedure" | "aggregate" | "window";
  readonly language: string;
  readonly owner: Oid;
  readonly securityDefiner: boolean;
  readonly volatility: "immutable" | "stable" | "volatile";
  readonly leakproof: boolean;
  /** Settings of its own, as `search_path=pg_catalog`. */
  readonly settings: readonly string[];
  readonly source: string;
  /** CREATE FUNCTION as a whole, where the language is plpgsql. */
  readonly declaration: string | null;
  /** Written as BEGIN ATOMIC or RETURN: its names were bound when it was made. */
  readonly boundBody: boolean;
  readonly grants: readonly Grant[];
  /** The extension that made it. */
  readonly extension: string | null;
}
