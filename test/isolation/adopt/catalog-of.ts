import type { Catalog } from "../../../src/isolation/catalog/catalog.js";
import type {
  Column,
  Constraint,
  Index,
  Relation,
} from "../../../src/isolation/catalog/relation.js";

export interface TableSketch {
  readonly name: string;
  /** Columns that point to another table's id. */
  readonly to: readonly {
    readonly column: string;
    readonly table: string;
    readonly nullable?: boolean;
    readonly keyless?: boolean;
    readonly unique?: boolean;
  }[];
}

/** A catalog of tables with an id each and columns that lead to others: enough to infer from. */
export function catalogOf(sketches: readonly TableSketch[]): Catalog {
  const oids = new Map(sketches.map(({ name }, index) => [name, index + 1]));
  const relations = new Map(
    sketches.map((sketch) => [oids.get(sketch.name)!, relationOf(sketch, oids)]),
  );
  return { relations } as unknown as Catalog;
}

function relationOf(sketch: TableSketch, oids: ReadonlyMap<string, number>): Relation {
  const { name, to } = sketch;
  const columns = [
    columnOf(1, "id", true),
    ...to.map((each, index) => columnOf(index + 2, each.column, each.nullable !== true)),
  ];
  const uniques = to.flatMap((each, index) =>
    each.unique === true ? [indexOf(`${name}_${each.column}_key`, index + 2, false)] : [],
  );
  return {
    oid: oids.get(name)!,
    schema: "public",
    name,
    kind: "table",
    extension: null,
    isPartition: false,
    parents: [],
    columns,
    indexes: [indexOf(`${name}_pkey`, 1, true), ...uniques],
    constraints: to.flatMap((each, index) =>
      each.keyless === true
        ? []
        : [foreignKey(`${name}_${each.column}_fkey`, index + 2, oids.get(each.table)!)],
    ),
  } as unknown as Relation;
}

function columnOf(number: number, name: string, notNull: boolean): Column {
  const type = "uuid";
  return {
    number,
    name,
    type,
    baseType: type,
    category: "U",
    elementType: null,
    labels: null,
    notNull,
  } as unknown as Column;
}

function indexOf(name: string, column: number, primary: boolean): Index {
  return {
    name,
    columns: [column],
    unique: true,
    primary,
    valid: true,
    predicate: null,
  } as unknown as Index;
}

function foreignKey(name: string, column: number, relation: number): Constraint {
  const references = { relation, columns: [1] };
  return {
    name,
    kind: "foreign key",
    columns: [column],
    validated: true,
    enforced: true,
    expression: null,
    references,
  } as unknown as Constraint;
}
