import type { Catalog } from "../catalog/catalog.js";
import { callsIn, textOf } from "../sql/nodes.js";
import { parseExpression } from "../sql/parse.js";
import type { Manifest } from "../manifest/manifest.js";
import type { Assume } from "./read-subject.js";
import type { SubjectOptions, TenantContext } from "./subject.js";

/** Settings of PostgreSQL's own that policies ask for other ends. */
const unrelated = new Set(["role", "search_path", "session_authorization", "is_superuser"]);

/** Holds a seal, not a tenant. */
const sealSetting = "tenantry.scope";

/**
 * What the policies read the tenant from: settings, and functions without arguments that read them.
 * Tenantry's own function is told by its name, and by being there.
 */
export function chooseContext(
  catalog: Catalog,
  options: SubjectOptions,
  manifest: Manifest | undefined,
  assume: Assume,
): TenantContext {
  const asked = askedByPolicies(catalog);
  const functions = [...catalog.functions.values()].filter(
    ({ schema, name, argumentCount }) =>
      argumentCount === 0 && asked.functions.has(`${schema}.${name}`),
  );
  const sealed = [...catalog.functions.values()].some(
    ({ schema, name }) => schema === "tenantry" && name === "current_tenant",
  );
  const said =
    options.settings ?? (manifest?.setting === undefined ? undefined : [manifest.setting]);
  const inFunctions = functions
    .filter(({ schema }) => schema !== "tenantry")
    .flatMap(({ source }) => settingsIn(source));
  const found = [...new Set([...asked.settings, ...inFunctions])].filter(
    (name) => !unrelated.has(name) && name !== sealSetting,
  );
  if (said === undefined && found.length > 0) {
    assume(`The policies read the tenant from ${found.join(", ")} (--setting).`);
  }
  return {
    settings: said ?? found,
    functions: functions.map(({ schema, name }) => `${schema}.${name}`),
    sealed,
  };
}

function askedByPolicies(catalog: Catalog) {
  const settings = new Set<string>();
  const functions = new Set<string>();
  for (const { policies } of catalog.relations.values()) {
    for (const { using, check } of policies) {
      for (const expression of [using, check]) {
        if (expression === null) continue;
        for (const { words, args } of callsIn(parseExpression(expression))) {
          functions.add(words.join("."));
          const setting = words.at(-1) === "current_setting" ? textOf(args[0]) : undefined;
          if (setting !== undefined) settings.add(setting);
        }
      }
    }
  }
  return { settings, functions };
}

/** By text, as a body may be of any language: the worst of a mistake is a setting too many. */
export function settingsIn(source: string): string[] {
  const calls = source.matchAll(/current_setting\s*\(\s*'([^']{1,126})'/gi);
  return Array.from(calls, ([, name]) => name!);
}
