import type { DatabaseFunction } from "../../catalog/functions.js";
import { callOf, textOf } from "../../sql/nodes.js";
import { walk } from "../../sql/walk.js";
import { settingsIn } from "../../subject/context.js";
import type { Subject } from "../../subject/subject.js";

/** Whether an expression reads the acting tenant: from a setting, a function that reads one, or the login. */
export function mentionsContext(subject: Subject, expression: unknown): boolean {
  let found = false;
  walk([expression], (kind, value) => {
    if (kind === "FuncCall") found ||= readsContext(subject, value);
    if (kind === "SQLValueFunction") found ||= /(CURRENT|SESSION)_USER/.test(String(value["op"]));
    return undefined;
  });
  return found;
}

/** Whether a call is one as `current_setting('app.tenant_id', true)` or `app.current_tenant()`. */
export function readsContext(subject: Subject, call: Record<string, unknown>): boolean {
  const { words, args } = callOf(call);
  if (words.at(-1) === "current_setting") return isTenantSetting(subject, textOf(args[0]));
  if (subject.context.functions.some((name) => isNamed(name, words))) return true;
  if (args.length > 0) return false;
  return [...subject.catalog.functions.values()].some(
    (routine) => isNamed(`${routine.schema}.${routine.name}`, words) && isReader(subject, routine),
  );
}

/** Where nobody knows the settings, any of an application's own counts. */
export function isTenantSetting(subject: Subject, name: string | undefined): boolean {
  if (name === undefined) return false;
  const { settings, sealed } = subject.context;
  if (sealed && name === "tenantry.scope") return true;
  if (settings.length === 0) return !sealed && name.includes(".");
  return settings.some((setting) => setting.toLowerCase() === name.toLowerCase());
}

/** Whether words of a call name a function; without a schema any fits. */
export function isNamed(name: string, words: readonly string[]): boolean {
  return words.length > 1
    ? name === words.slice(-2).join(".")
    : name.slice(name.indexOf(".") + 1) === words[0];
}

function isReader(subject: Subject, { argumentCount, source, returns }: DatabaseFunction): boolean {
  if (argumentCount > 0 || returns === "trigger") return false;
  return settingsIn(source).some((setting) => isTenantSetting(subject, setting));
}
