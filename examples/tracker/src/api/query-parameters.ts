import type { Request } from "express";
import { BadRequest } from "./bad-request.js";

/** The parameter's one value, or undefined where it is not given. @throws {BadRequest} */
export function textParameter(
  { query }: Request,
  name: string,
  longest: number,
): string | undefined {
  const value: unknown = query[name];
  if (value === undefined) return undefined;
  if (typeof value !== "string") throw new BadRequest(`\`${name}\` is given more than once.`);
  if (value.length > longest) throw new BadRequest(`\`${name}\` is longer than ${longest}.`);
  // PostgreSQL's text has no such character.
  if (value.includes("\0")) throw new BadRequest(`\`${name}\` has a NUL character.`);
  return value;
}

/** A whole number in plain decimal digits. @throws {BadRequest} */
export function numberParameter(
  request: Request,
  name: string,
  { least, most }: { readonly least: number; readonly most: number },
): number | undefined {
  const text = textParameter(request, name, 20);
  if (text === undefined) return undefined;
  const value = Number(text);
  if (/^(?:0|[1-9][0-9]*)$/.test(text) && value >= least && value <= most) return value;
  throw new BadRequest(`\`${name}\` is not a whole number from ${least} to ${most}.`);
}

/** @throws {BadRequest} for a parameter that nobody asked for: most often a misspelt one */
export function onlyParameters({ query }: Request, ...known: readonly string[]): void {
  const unknown = Object.keys(query).find((name) => !known.includes(name));
  if (unknown !== undefined) {
    throw new BadRequest(`There is no such parameter; known are: ${known.join(", ") || "none"}.`);
  }
}

/** PostgreSQL's largest integer. */
export const largestId = 2_147_483_647;

/** The id in a path, or null where it can be nobody's. */
export function idInPath(text: unknown): number | null {
  if (typeof text !== "string" || !/^[1-9][0-9]{0,9}$/.test(text)) return null;
  const id = Number(text);
  return id <= largestId ? id : null;
}
