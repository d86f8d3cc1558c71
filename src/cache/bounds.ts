import { configInvalid } from "./problems.js";

export type Bounds = readonly [byDefault: number, least: number, most: number];

/** The given number, or the default, within its bounds. @throws {TenantryError} `CONFIG_INVALID` */
export function bounded(
  what: string,
  given: unknown,
  [byDefault, least, most]: Bounds,
  { whole = true }: { readonly whole?: boolean } = {},
): number {
  const value = given === undefined ? byDefault : given;
  if (
    typeof value === "number" &&
    value >= least &&
    value <= most &&
    (!whole || Number.isInteger(value))
  ) {
    return value;
  }
  throw configInvalid(
    `\`${what}\` is ${typeof value === "number" ? value : typeof value}.`,
    `Pass ${whole ? "a whole number" : "a number"} from ${least} to ${most}.`,
  );
}
