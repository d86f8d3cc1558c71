import { TenantryError } from "../core/tenantry-error.js";

/** Deepest payload that is sealed or opened. */
const deepest = 200;

/**
 * JSON in one spelling, as RFC 8785 has it: members sorted by UTF-16 code units, numbers as
 * ECMAScript writes them. For queues that parse what they are given: PostgreSQL's jsonb, for one,
 * returns members in an order of its own.
 * @throws {TenantryError} `CONFIG_INVALID` where it is nested deeper than 200 levels, or no JSON
 */
export function canonicalJson(value: unknown): string {
  const text = JSON.stringify(value) as string | undefined;
  if (text === undefined) throw unfit("it is no JSON");
  return write(JSON.parse(text), 0);
}

function write(value: unknown, depth: number): string {
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  if (depth >= deepest) throw unfit(`it is nested deeper than ${deepest} levels`);
  if (Array.isArray(value)) return `[${value.map((item) => write(item, depth + 1)).join()}]`;
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${members.map(([name, item]) => `${JSON.stringify(name)}:${write(item, depth + 1)}`).join()}}`;
}

function unfit(why: string): TenantryError {
  return new TenantryError("CONFIG_INVALID", {
    message: `A job's payload cannot be sealed: ${why}.`,
    fix: "Pass a plain object that JSON can hold, and keep large or deep things elsewhere.",
  });
}
