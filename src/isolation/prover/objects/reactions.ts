import type { Catalog } from "../../catalog/catalog.js";
import type { Relation } from "../../catalog/relation.js";
import type { Target } from "../target.js";
import { functionsCalledBy } from "./helpers.js";

export const awake = ({ enabled }: { readonly enabled: string }) =>
  enabled === "origin" || enabled === "always";

/** Whether a write to it sets off a rule or a trigger. */
export function reacts({ relation }: Pick<Target, "relation">): boolean {
  return relation.triggers.some(awake) || relation.rules.some(awake);
}

/**
 * The tables that a write to one may reach by rules and triggers, by their names in the sources; all,
 * where sources cannot tell.
 */
export function reachedFrom(
  catalog: Catalog,
  first: Target,
  targets: readonly Target[],
): readonly Target[] {
  const reached = new Set<Target>([first]);
  // Grows while it is walked.
  for (const { relation } of reached) {
    const text = sourcesOf(catalog, relation);
    if (text === undefined) return targets;
    for (const each of targets) if (mentions(text, each.relation.name)) reached.add(each);
  }
  return [...reached];
}

/** Whatever a relation's rules and triggers run; undefined where that cannot be read. */
function sourcesOf(catalog: Catalog, { triggers, rules }: Relation): string | undefined {
  const called = triggers
    .filter(awake)
    .flatMap((trigger) => catalog.functions.get(trigger.function) ?? []);
  const definitions = rules.filter(awake).map(({ definition }) => definition);
  const functions = functionsCalledBy(catalog, [
    ...definitions,
    ...called.map(({ source }) => source),
  ]);
  const all = [...called, ...functions];
  if (all.some(({ language }) => language !== "sql" && language !== "plpgsql")) return undefined;
  const text = [...definitions, ...all.map(({ source }) => source)].join("\n");
  if (/\bexecute\b/i.test(text)) return undefined;
  const views = [...catalog.relations.values()].filter(({ kind }) => kind === "view");
  return views.some(({ name }) => mentions(text, name)) ? undefined : text;
}

/** Whether a name stands in SQL, as a word of its own. */
export function mentions(text: string, name: string): boolean {
  const escaped = name.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  return new RegExp(`(?<![\\w$])${escaped}(?![\\w$])`, "i").test(text);
}
