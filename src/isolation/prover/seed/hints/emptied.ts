import type { Catalog } from "../../../catalog/catalog.js";
import type { Relation } from "../../../catalog/relation.js";
import { parseSql, type Node } from "../../../sql/parse.js";
import { walk, wordsOf } from "../../../sql/walk.js";

/**
 * Columns that policies and views want to be null, as `deleted_at IS NULL`: a row that they hide shows
 * nothing of them.
 */
export function emptiedColumns(relation: Relation, catalog: Catalog): ReadonlySet<string> {
  const ofPolicies = relation.policies.flatMap(({ using, check }) =>
    [using, check].map((text) => (text === null ? "" : `select ${text}`)),
  );
  const ofViews = [...catalog.relations.values()]
    .filter(({ kind, rules }) => kind === "view" && rules.some(reads(relation)))
    .map(({ definition }) => definition ?? "");
  const wanted = new Set([...ofPolicies, ...ofViews].flatMap(nullTests));
  return new Set(
    relation.columns.flatMap(({ name, notNull }) => (!notNull && wanted.has(name) ? [name] : [])),
  );
}

const reads =
  ({ oid }: Relation) =>
  ({ relations }: { readonly relations: readonly number[] }) =>
    relations.includes(oid);

/** By the column's name alone: a view's other tables may have one of that name too. */
function nullTests(text: string): string[] {
  const parsed = parseSql(text);
  if ("problem" in parsed) return [];
  const names: string[] = [];
  walk(
    parsed.statements.map(({ node }) => node),
    (kind, value) => {
      if (kind !== "NullTest" || value["nulltesttype"] !== "IS_NULL") return undefined;
      const { arg } = value as { arg?: Node };
      if (arg !== undefined && "ColumnRef" in arg) {
        names.push(wordsOf(arg.ColumnRef.fields).at(-1) ?? "");
      }
      return undefined;
    },
  );
  return names;
}
