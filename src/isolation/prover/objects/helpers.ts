import type { Catalog } from "../../catalog/catalog.js";
import type { DatabaseFunction } from "../../catalog/functions.js";
import type { Policy } from "../../catalog/relation.js";

/** The functions that policies call, and those that these call, by their names. */
export function policyHelpers(
  catalog: Catalog,
  policies: readonly Policy[],
): readonly DatabaseFunction[] {
  return functionsCalledBy(
    catalog,
    policies.map(({ using, check }) => `${using ?? ""} ${check ?? ""}`),
  );
}

/** The same of any SQL. */
export function functionsCalledBy(
  catalog: Catalog,
  sources: readonly string[],
): readonly DatabaseFunction[] {
  const functions = [...catalog.functions.values()].filter(({ extension }) => extension === null);
  const texts = [...sources];
  const found = new Set<DatabaseFunction>();
  // Grows while it is walked.
  for (const text of texts) {
    for (const name of calledIn(text)) {
      for (const each of functions) {
        if (each.name !== name || found.has(each)) continue;
        found.add(each);
        texts.push(each.source);
      }
    }
  }
  return [...found];
}

function calledIn(text: string): ReadonlySet<string> {
  const calls = text.matchAll(/"([^"]+)"\s*\(|([a-z_][\w$]*)\s*\(/gi);
  return new Set(Array.from(calls, ([, quotedName, bare]) => quotedName ?? bare!.toLowerCase()));
}
