import { isDeepStrictEqual } from "node:util";
import { tenantInvalid } from "../problems.js";
import { deepestSettings, largestSettings } from "./limits.js";

export type Settings = Readonly<Record<string, unknown>>;

/**
 * A frozen copy of settings that come back from the database as they went in: one JSON object and
 * nothing that JSON would lose or change (`undefined`, `NaN`, a Date, a cycle).
 * @throws {TenantryError} `TENANT_INVALID`
 */
export function checkSettings(settings: unknown): Settings {
  if (typeof settings !== "object" || settings === null || Array.isArray(settings)) {
    throw refused("they are not an object");
  }
  const copy = copyOf(settings);
  assertStorable(copy, 1);
  return freezeDeep(copy) as Settings;
}

function copyOf(settings: object): unknown {
  let text: string | undefined;
  try {
    text = JSON.stringify(settings);
  } catch (cause) {
    throw refused(`they cannot be written as JSON (${(cause as Error).name})`);
  }
  if (text === undefined || Buffer.byteLength(text) > largestSettings) {
    throw refused(`they are larger than ${largestSettings} bytes as JSON`);
  }
  const copy: unknown = JSON.parse(text);
  if (!isDeepStrictEqual(copy, settings)) {
    throw refused("they hold a value that JSON loses or changes");
  }
  return copy;
}

/** PostgreSQL's jsonb takes neither U+0000 nor half of a surrogate pair. */
const unstorableText = /[\0\p{Surrogate}]/u;

function assertStorable(value: unknown, depth: number): void {
  if (typeof value === "string" && unstorableText.test(value)) {
    throw refused("a text in them has U+0000 or half of a surrogate pair");
  }
  if (typeof value !== "object" || value === null) return;
  if (depth > deepestSettings) throw refused(`they are nested deeper than ${deepestSettings}`);
  for (const [key, item] of Object.entries(value)) {
    if (key === "__proto__") throw refused("a key in them is __proto__");
    assertStorable(key, depth + 1);
    assertStorable(item, depth + 1);
  }
}

/** Tenants are shared between requests, so one request must not change what the next one reads. */
export function freezeDeep(value: unknown): unknown {
  if (typeof value === "object" && value !== null && !Object.isFrozen(value)) {
    Object.values(value).forEach(freezeDeep);
    Object.freeze(value);
  }
  return value;
}

function refused(why: string) {
  return tenantInvalid(
    `The tenant's settings are not acceptable: ${why}.`,
    "Pass a plain object of strings, finite numbers, booleans, nulls, arrays and objects; keep files and long texts elsewhere.",
  );
}
