import { everyone, type Oid } from "../../catalog/catalog.js";
import { quoted } from "../../catalog/names.js";
import type * as Catalog from "../../catalog/relation.js";
import type { Node } from "../../sql/parse.js";
import type { Column, ForeignKey, Key, Policy, Table } from "../model/table.js";
import { bareName, schemaOf } from "../replay/names.js";

/** What a table needs to know of the others. */
export interface Others {
  readonly owner: Oid;
  readonly oidOf: (table: string) => Oid;
  /** The numbers of columns; of none, those of the primary key. */
  readonly numbersIn: (table: string, columns: readonly string[]) => readonly number[];
  /** Keeps an expression under a key, and gives the key; null for none. */
  readonly keep: (key: string, expression: Node | undefined) => string | null;
}

/** A table of the model as the catalogs would have it, as far as migrations tell. */
export function relationOf(table: Table, others: Others): Catalog.Relation {
  const numbersOf = (names: readonly string[]) => others.numbersIn(table.name, names);
  return {
    oid: others.oidOf(table.name),
    schema: schemaOf(table.name),
    name: bareName(table.name),
    kind: table.foreign ? "foreign table" : "table",
    owner: others.owner,
    grants: [],
    rowSecurity: table.rowSecurity.on,
    forceRowSecurity: table.forced.on,
    options: [],
    isPartition: table.parent !== undefined,
    parents: table.parent === undefined ? [] : [others.oidOf(table.parent)],
    partitionBound: null,
    partitionKey: null,
    estimatedRows: -1,
    extension: null,
    columns: [...table.columns.values()].map(columnOf),
    constraints: [
      ...[...table.foreignKeys].map(([name, key]) =>
        foreignKeyOf(name, key, numbersOf(key.columns), others),
      ),
      ...[...table.notNullChecks].map(([name, column]) => notNullOf(name, column)),
    ],
    indexes: [...table.keys].map(([name, key]) => indexOf(name, key, numbersOf(key.columns))),
    policies: [...table.policies].map(([name, policy]) =>
      policyOf(table.name, name, policy, others),
    ),
    triggers: [],
    rules: [],
    definition: null,
    accepts: [],
  };
}

const numeric = /^(int\d|float\d|numeric|(small|big)?serial\d?)$/;

function columnOf({ name, type, notNull }: Column, index: number): Catalog.Column {
  const baseType = type.replace(/\(.*$/, "").replace(/^.*\./, "");
  return {
    number: index + 1,
    name,
    type,
    baseType,
    typeKind: "b",
    category: numeric.test(baseType) ? "N" : "S",
    labels: null,
    elementType: null,
    domainChecks: [],
    notNull,
    default: null,
    generated: "",
    identity: "",
    collation: null,
    collationDeterministic: true,
    grants: [],
  };
}

const plainConstraint = {
  oid: 0,
  validated: true,
  enforced: true,
  deferrable: false,
  deferred: false,
  definition: "",
  inherited: false,
  asleep: false,
  grouped: false,
} as const;

function foreignKeyOf(
  name: string,
  { target, targetColumns, validated }: ForeignKey,
  columns: readonly number[],
  { oidOf, numbersIn }: Others,
): Catalog.Constraint {
  return {
    ...plainConstraint,
    name,
    kind: "foreign key",
    columns,
    validated,
    expression: null,
    references: {
      relation: oidOf(target),
      columns: numbersIn(target, targetColumns),
      onDelete: "no action",
      onUpdate: "no action",
      match: "simple",
      setOnDelete: [],
    },
  };
}

function notNullOf(name: string, column: string): Catalog.Constraint {
  const expression = `${quoted(column)} IS NOT NULL`;
  return { ...plainConstraint, name, kind: "check", columns: [], expression, references: null };
}

function indexOf(name: string, { kind }: Key, columns: readonly number[]): Catalog.Index {
  return {
    oid: 0,
    name,
    columns,
    unique: kind !== "exclusion",
    primary: kind === "primary",
    exclusion: kind === "exclusion",
    valid: true,
    method: "btree",
    nullsNotDistinct: false,
    predicate: null,
    definition: "",
  };
}

/** Whoever a policy is for, the application may be among them. */
function policyOf(table: string, name: string, policy: Policy, { keep }: Others): Catalog.Policy {
  return {
    name,
    command: policy.command.toUpperCase() as Catalog.Command,
    permissive: policy.permissive,
    roles: [everyone],
    using: keep(expressionKey(table, name, "using"), policy.using),
    check: keep(expressionKey(table, name, "check"), policy.check),
  };
}

/** Stands in the catalog for the text of an expression. */
export function expressionKey(table: string, policy: string, clause: "using" | "check"): string {
  return `${clause} of ${policy} on ${table}`;
}
