import type { Catalog } from "../catalog/catalog.js";
import { columnNames } from "../catalog/names.js";
import type { Relation } from "../catalog/relation.js";
import { stemOf, stemOfIdColumn, wordsOf as wordsOfName } from "../catalog/words.js";
import type { Manifest } from "../manifest/manifest.js";
import { walk, wordsOf } from "../sql/walk.js";
import { parseExpression, type Node } from "../sql/parse.js";
import type { Assume } from "./read-subject.js";
import type { SubjectOptions } from "./subject.js";

/** What a tenant is called, from the surest name to the vaguest. */
const nouns = "tenant organization organisation org workspace company account team customer".split(
  " ",
);

/**
 * The names of columns that hold the tenant: those that were said, else those that point to the root,
 * else the one that the policies compare, else those that bear the root's name, else the surest name
 * that at least two tables have.
 */
export function chooseTenantColumns(
  catalog: Catalog,
  options: SubjectOptions,
  manifest: Manifest | undefined,
  root: Relation | undefined,
  assume: Assume,
): readonly string[] {
  if (options.tenantColumns !== undefined) return options.tenantColumns;
  if (manifest?.tenantColumn !== undefined) return [manifest.tenantColumn];
  const tables = [...catalog.relations.values()].filter(
    ({ kind, schema }) => kind.endsWith("table") && schema !== "tenantry",
  );
  const found = firstFound([
    () => (root === undefined ? [] : referringTo(tables, root)),
    () => inPolicies(tables),
    () => (root === undefined ? [] : namedAfter(tables, root)),
    () => byName(tables),
  ]);
  if (found.length > 0)
    assume(`The tenant is held by the column ${found.join(", ")} (--tenant-column).`);
  return found;
}

function firstFound(ways: readonly (() => readonly string[])[]): readonly string[] {
  for (const way of ways) {
    const found = way();
    if (found.length > 0) return found;
  }
  return [];
}

/** The names of single columns whose foreign key leads to the root's key. */
function referringTo(tables: readonly Relation[], root: Relation): readonly string[] {
  const names = tables.flatMap((table) =>
    table.constraints
      .filter(
        ({ references, columns }) => references?.relation === root.oid && columns.length === 1,
      )
      .flatMap(({ columns }) => columnNames(table, columns)),
  );
  // One that is used once and is called otherwise, as `billing_owner_id`, is no tenant column.
  return mostUsed(names).filter((name, index) => index === 0 || looksLikeTenant(name));
}

/** Columns of their own table that policies compare with something. */
function inPolicies(tables: readonly Relation[]): readonly string[] {
  const names = tables.flatMap((table) => [
    ...new Set(
      table.policies.flatMap(({ using, check }) =>
        [using, check].flatMap((text) => (text === null ? [] : comparedColumns(text))),
      ),
    ),
  ]);
  const likely = mostUsed(names).filter(looksLikeTenant);
  return likely.slice(0, 1);
}

/** As `publisher_id` where the root is `publishers`: keys to it may be missing altogether. */
function namedAfter(tables: readonly Relation[], root: Relation): readonly string[] {
  const stem = stemOf(wordsOfName(root.name));
  const key = root.columns.find(({ name }) => name === "id");
  const names = tables
    .filter((table) => table !== root)
    .flatMap(({ columns }) =>
      columns
        .filter(({ category }) => key === undefined || category === key.category)
        .map(({ name }) => name)
        .filter((name) => stemOfIdColumn(name) === stem),
    );
  return mostUsed(names);
}

function byName(tables: readonly Relation[]): readonly string[] {
  const names = tables.flatMap(({ columns }) => columns.map(({ name }) => name));
  const counted = mostUsed(names.filter(looksLikeTenant));
  const often = counted.filter((name) => names.filter((each) => each === name).length > 1);
  const [best] = [...often].sort((a, b) => rank(a) - rank(b));
  return best === undefined ? [] : [best];
}

function comparedColumns(expression: string): string[] {
  const names: string[] = [];
  walk(parseExpression(expression), (kind, value) => {
    if (kind === "ColumnRef") names.push(wordsOf(value["fields"] as Node[]).at(-1) ?? "");
    return undefined;
  });
  return names;
}

function looksLikeTenant(name: string): boolean {
  return rank(name) < nouns.length;
}

/** `tenant_id`, `tenantId`, `org`: where its noun stands in the list. */
function rank(name: string): number {
  const noun = name.toLowerCase().replace(/_?(id|uuid|key)$/, "");
  const index = nouns.indexOf(noun);
  return index === -1 ? nouns.length : index;
}

function mostUsed(names: readonly string[]): string[] {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).map(([name]) => name);
}
