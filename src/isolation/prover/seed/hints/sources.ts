import type { Catalog } from "../../../catalog/catalog.js";
import type { Relation } from "../../../catalog/relation.js";
import { walk, wordsOf } from "../../../sql/walk.js";
import type { Node } from "../../../sql/parse.js";
import type { RowCheck } from "../checks.js";
import { columnsIn } from "../checks.js";

/** Texts in quotes beside a column's name, in triggers; any, in functions that a CHECK hands a column to. */
export function sourceTexts(
  relation: Relation,
  checks: readonly RowCheck[],
  catalog: Catalog,
): [string, string[]][] {
  const found: [string, string[]][] = [];
  for (const trigger of relation.triggers) {
    const source = catalog.functions.get(trigger.function)?.source ?? "";
    for (const [, column, rest] of source.matchAll(/\bnew\.("[^"]+"|\w+)([^;]{0,400})/gi)) {
      found.push([column!.replaceAll('"', ""), quotedTexts(rest!)]);
    }
  }
  for (const { tree } of checks) {
    walk(tree, (kind, value) => {
      if (kind !== "FuncCall") return undefined;
      const name = wordsOf(value.funcname as Node[]).at(-1);
      const sources = [...catalog.functions.values()].filter((called) => called.name === name);
      const texts = sources.flatMap(({ source }) => quotedTexts(source));
      for (const column of columnsIn({ FuncCall: value })) found.push([column, texts]);
      return undefined;
    });
  }
  return found;
}

const quotedTexts = (source: string) =>
  [...source.matchAll(/'((?:[^']|'')*)'|\b(\d{1,9})\b/g)]
    .slice(0, 20)
    .map(([, text, number]) => text?.replaceAll("''", "'") ?? number ?? "");
