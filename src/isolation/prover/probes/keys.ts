import { valuesOf } from "../../catalog/key-values.js";
import { columnNames, quoted } from "../../catalog/names.js";
import type { Index } from "../../catalog/relation.js";
import type { SeededRow } from "../seed/contract.js";
import type { Values } from "../rows.js";
import type { Target } from "../target.js";

/** A unique key that does not carry the tenant, so that two tenants can clash in it. */
export interface SharedKey {
  readonly name: string;
  readonly columns: readonly string[];
  /** For ON CONFLICT. */
  readonly arbiter: string;
  readonly definition: string;
  /** Nobody guesses a value of it. */
  readonly unguessable: boolean;
}

export function sharedKeys(target: Target): readonly SharedKey[] {
  const { relation, tenantColumn } = target;
  return relation.indexes
    .filter((index) => index.unique && index.valid && !index.columns.includes(0))
    .filter((index) => !columnNames(relation, index.columns).includes(tenantColumn ?? ""))
    .map((index) => sharedKey(target, index));
}

function sharedKey({ relation }: Target, index: Index): SharedKey {
  const columns = columnNames(relation, index.columns);
  const condition = index.predicate === null ? "" : ` where ${index.predicate}`;
  return {
    name: index.name,
    columns,
    arbiter: `(${columns.map(quoted).join(", ")})${condition}`,
    definition: index.definition,
    unguessable: valuesOf(relation, index) === "random",
  };
}

/** The values of a row in some columns; undefined where one is NULL, which clashes with nothing. */
export function valuesIn(row: SeededRow, columns: readonly string[]): Values | undefined {
  const entries = columns.map((column) => [column, row.values[column] ?? null] as const);
  return entries.some(([, value]) => value === null) ? undefined : Object.fromEntries(entries);
}
