import type { Catalog } from "../catalog/catalog.js";
import { bodyOf } from "../catalog/function-body.js";
import type { DatabaseFunction } from "../catalog/functions.js";
import { callsIn } from "../sql/nodes.js";
import { parseExpression } from "../sql/parse.js";

/** The functions of the database's own that policies call, and those that these call in turn. */
export function policyHelpers(catalog: Catalog): readonly DatabaseFunction[] {
  const found = new Set<DatabaseFunction>();
  const add = (nodes: unknown, isBody: boolean) => {
    for (const { words } of callsIn(nodes)) {
      const name = words.at(-1);
      const schema = words.length > 1 ? words.at(-2) : undefined;
      if (schema === undefined && !isBody) continue;
      for (const each of catalog.functions.values()) {
        if (each.name === name && (schema === undefined || each.schema === schema)) found.add(each);
      }
    }
  };
  for (const { policies } of catalog.relations.values()) {
    for (const { using, check } of policies) {
      for (const text of [using, check]) if (text !== null) add(parseExpression(text), false);
    }
  }
  // A set gives what is added to it while it is gone through.
  for (const helper of found) add(bodyOf(helper)?.nodes ?? [], true);
  return [...found];
}
