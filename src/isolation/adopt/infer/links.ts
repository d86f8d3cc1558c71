import type { Catalog, Oid } from "../../catalog/catalog.js";
import { columnNames } from "../../catalog/names.js";
import type { Column, Relation } from "../../catalog/relation.js";
import { familyOf, typesAgree, type Link } from "./link.js";
import { keyColumnOf, isNotNull, isUnique, tablesOf } from "./tables.js";
import { stemOf, stemOfIdColumn, wordsOf } from "../../catalog/words.js";

/** Every link between tables: foreign keys, and what names tell where keys are missing. */
export function linksOf(catalog: Catalog): readonly Link[] {
  const tables = tablesOf(catalog);
  const keys = tables.flatMap((table) => foreignKeys(catalog, table));
  const habits = habitsOf(keys);
  const names = namesOf(tables);
  const told = tables.flatMap((table) => toldByNames(table, keys, habits, names));
  return [...keys, ...told];
}

function foreignKeys(catalog: Catalog, table: Relation): readonly Link[] {
  return table.constraints.flatMap(({ kind, columns, references }) => {
    const target = references === null ? undefined : catalog.relations.get(references.relation);
    if (kind !== "foreign key" || references === null || target === undefined) return [];
    // A key to one partition leads to the whole.
    const whole = wholeOf(catalog, target);
    const targetColumns =
      whole === target ? references.columns : sameColumns(target, references.columns, whole);
    return [linkOf(table, columns, whole, targetColumns, "key")];
  });
}

function wholeOf(catalog: Catalog, relation: Relation): Relation {
  const parent = relation.isPartition ? catalog.relations.get(relation.parents[0]!) : undefined;
  return parent === undefined ? relation : wholeOf(catalog, parent);
}

function sameColumns(from: Relation, numbers: readonly number[], to: Relation): number[] {
  return columnNames(from, numbers).map(
    (name) => to.columns.find((column) => column.name === name)?.number ?? 0,
  );
}

function linkOf(
  table: Relation,
  columns: readonly number[],
  target: Relation,
  targetColumns: readonly number[],
  known: Link["known"],
): Link {
  return {
    table,
    columns,
    target,
    targetColumns,
    known,
    nullable: !columns.every((column) => isNotNull(table, column)),
    unique: isUnique(table, columns),
    pointer: columnNames(table, columns).some(isPointer),
  };
}

function isPointer(column: string): boolean {
  return /^(active|current|default|featured|home|last|latest|previous|primary|selected)$/.test(
    wordsOf(column)[0] ?? "",
  );
}

/** Where a column of this name always leads, by the foreign keys that there are. */
type Habits = ReadonlyMap<string, { readonly target: Relation; readonly column: Column }>;

function habitsOf(keys: readonly Link[]): Habits {
  const found = new Map<string, Set<Relation>>();
  for (const { table, columns, target } of keys) {
    if (columns.length !== 1) continue;
    const [name] = columnNames(table, columns);
    found.set(name!, (found.get(name!) ?? new Set()).add(target));
  }
  const habits = new Map<string, { target: Relation; column: Column }>();
  for (const [name, [target, ...others]] of found) {
    const column = target === undefined ? undefined : keyColumnOf(target);
    if (others.length > 0 || column === undefined || !isTelling(name)) continue;
    habits.set(name, { target: target!, column });
  }
  return habits;
}

/** `id` and `parent_id` mean another thing in every table. */
function isTelling(name: string): boolean {
  const stem = stemOfIdColumn(name);
  return (
    stem !== undefined && !/^(parent|owner|item|object|entity|source|target|external)$/.test(stem)
  );
}

/** Tables by the stem of their name; several where they bear the same in different schemas. */
function namesOf(tables: readonly Relation[]): ReadonlyMap<string, readonly Relation[]> {
  const prefix = commonPrefix(tables);
  const names = new Map<string, Relation[]>();
  for (const table of tables) {
    const words = wordsOf(table.name);
    const own = prefix !== undefined && words[0] === prefix ? words.slice(1) : words;
    const stem = stemOf(own);
    names.set(stem, [...(names.get(stem) ?? []), table]);
  }
  return names;
}

/** Where most tables begin with one word, as `app_`, it tells nothing. */
function commonPrefix(tables: readonly Relation[]): string | undefined {
  const counts = new Map<string, number>();
  for (const { name } of tables) {
    const words = wordsOf(name);
    if (words.length > 1) counts.set(words[0]!, (counts.get(words[0]!) ?? 0) + 1);
  }
  return [...counts].find(([, count]) => count > 4 && count > tables.length * 0.6)?.[0];
}

function toldByNames(
  table: Relation,
  keys: readonly Link[],
  habits: Habits,
  names: ReadonlyMap<string, readonly Relation[]>,
): readonly Link[] {
  const keyed = new Set(
    keys
      .filter((key) => key.table === table && key.columns.length === 1)
      .map((key) => key.columns[0]),
  );
  return table.columns.flatMap((column) => {
    if (keyed.has(column.number) || column.category === "A") return [];
    const habit = habits.get(column.name);
    if (habit !== undefined && typesAgree(column, habit.column)) {
      return [linkOf(table, [column.number], habit.target, [habit.column.number], "usage")];
    }
    const target = named(table, column, names);
    const key = target === undefined ? undefined : keyColumnOf(target);
    return target === undefined || key === undefined
      ? []
      : [linkOf(table, [column.number], target, [key.number], "name")];
  });
}

/** The one table that a column bears the name of: in the table's own schema first. */
function named(
  table: Relation,
  column: Column,
  names: ReadonlyMap<string, readonly Relation[]>,
): Relation | undefined {
  const stem = stemOfIdColumn(column.name);
  const fitting = (stem === undefined ? [] : (names.get(stem) ?? [])).filter((target) => {
    const key = keyColumnOf(target);
    return key !== undefined && typesAgree(column, key);
  });
  const near = fitting.filter(({ schema }) => schema === table.schema);
  if (near.length === 1) return near[0];
  return near.length === 0 && fitting.length === 1 ? fitting[0] : undefined;
}

/** Whether values of the type can name a row at all. */
export function canBeId(baseType: string): boolean {
  return ["integer", "text", "uuid", "numeric"].includes(familyOf(baseType));
}

export type LinksByTable = ReadonlyMap<Oid, readonly Link[]>;

export function groupBy(links: readonly Link[], of: (link: Link) => Relation): LinksByTable {
  const groups = new Map<Oid, Link[]>();
  for (const link of links) {
    const { oid } = of(link);
    groups.set(oid, [...(groups.get(oid) ?? []), link]);
  }
  return groups;
}
