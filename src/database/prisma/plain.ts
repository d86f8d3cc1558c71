import { refused } from "./refusal.js";

export type Fields = Readonly<Record<string, unknown>>;

/** An object of arguments, as opposed to a date, a number of Prisma's or one of its markers. */
export function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value) && isPlain(value);
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/** @throws {TenantryError} `STATEMENT_REFUSED` for what is no object */
export function fieldsOf(value: unknown, where: string): Fields {
  if (isFields(value)) return value;
  throw refused(`${where} that is no plain object`, "Pass an object literal.");
}

/** One or many: Prisma takes both in most places. */
export function each(value: unknown, change: (item: unknown) => unknown): unknown {
  return Array.isArray(value) ? value.map(change) : change(value);
}

export function mapFields(
  fields: Fields,
  change: (key: string, value: unknown) => unknown,
): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).map(([key, value]) => [key, change(key, value)]),
  );
}

/** Arguments nested deeper than any real query are not looked through. */
const deepest = 64;

/**
 * Prisma leaves a condition out whose value is `undefined`, so a filter of an absent id finds every
 * row, and `deleteMany` deletes them.
 * @throws {TenantryError} `STATEMENT_REFUSED`
 */
export function assertDefined(value: unknown, path: string, depth = 0): void {
  if (value === undefined) {
    throw refused(
      `A filter in which ${path} is undefined`,
      "Leave the condition out where none is meant; Prisma would read it as no condition at all.",
    );
  }
  if (depth > deepest) throw refused("A filter nested too deeply", "Write it flatter.");
  if (Array.isArray(value)) {
    value.forEach((item, index) => assertDefined(item, `${path}[${index}]`, depth + 1));
  } else if (isFields(value)) {
    for (const [key, item] of Object.entries(value)) {
      assertDefined(item, `${path}.${key}`, depth + 1);
    }
  }
}
