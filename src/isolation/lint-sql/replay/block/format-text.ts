import { parseSql } from "../../../sql/parse.js";

/** The last alternative is what format() refuses, or what is too rare to follow. */
const specifier = /%%|%(?:(\d+)\$)?([sIL])|%/g;

/**
 * As format() of PostgreSQL, where every argument that it takes is known.
 * @returns undefined where one is not, or a width is asked for
 */
export function formatText(
  pattern: string,
  values: readonly (string | undefined)[],
): string | undefined {
  let next = 0;
  let known = true;
  const text = pattern.replace(specifier, (all, position?: string, kind?: string) => {
    if (all === "%%") return "%";
    if (position !== undefined) next = Number(position) - 1;
    const value = values[next];
    next += 1;
    if (kind !== undefined && value !== undefined) return written(value, kind);
    known = false;
    return "";
  });
  return known ? text : undefined;
}

function written(value: string, kind: string): string {
  if (kind === "s") return value;
  if (kind === "I") return isPlain(value) ? value : `"${value.replaceAll('"', '""')}"`;
  const text = `'${value.replaceAll("'", "''")}'`;
  return value.includes("\\") ? `E${text.replaceAll("\\", "\\\\")}` : text;
}

/** A name that needs no quotes: lower case, and no keyword. */
function isPlain(name: string): boolean {
  return /^[a-z_][a-z0-9_$]*$/.test(name) && "statements" in parseSql(`create table ${name} ()`);
}
