import { TenantryError } from "../core/tenantry-error.js";

const namePattern = /^[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?$/;

/** @throws {TenantryError} `CONFIG_INVALID` */
export function checkName(name: unknown): string {
  if (typeof name === "string" && namePattern.test(name)) return name;
  throw new TenantryError("CONFIG_INVALID", {
    message: "A limit's `name` is missing or not a name.",
    fix: "Pass lower-case letters, digits and inner hyphens, 64 at most. Limits of one name share their counters.",
  });
}

/** @throws {TenantryError} `CONFIG_INVALID` */
export function checkOneOf<T extends string>(what: string, value: unknown, known: readonly T[]): T {
  const found = known.find((one) => one === value);
  if (found !== undefined) return found;
  throw invalid(`${what} is ${String(value)}.`, `Pass one of ${known.join(", ")}.`);
}

export function invalid(message: string, fix: string): TenantryError {
  return new TenantryError("CONFIG_INVALID", { message, fix });
}
