import type { Row } from "./attempt.js";
import type { SeededRow, SeededWorld } from "./seed/contract.js";

/** Shorter texts can stand anywhere by chance. */
const shortest = 8;

/** What only B's rows hold: canaries, the tenant's id, and keys that A has not. */
export function canariesOf(
  world: SeededWorld,
  own: readonly SeededRow[],
  foreign: readonly SeededRow[],
): ReadonlySet<string> {
  const owned = new Set(own.flatMap(({ values }) => Object.values(values)));
  const texts = foreign.flatMap(({ canary, key, values }) => [
    canary?.text,
    ...key.map((column) => values[column]),
  ]);
  const all = [world.tenants.b, ...texts].filter(
    (text): text is string => typeof text === "string" && text.length >= shortest,
  );
  return new Set(all.filter((text) => !owned.has(text)));
}

/** The first canary that stands anywhere in the text. */
export function canaryIn(text: string, canaries: ReadonlySet<string>): string | undefined {
  for (const canary of canaries) if (text.includes(canary)) return canary;
  return undefined;
}

/** The first canary that any value of any row holds, also as bytes in hex. */
export function canaryAmong(
  rows: readonly Row[],
  canaries: ReadonlySet<string>,
): string | undefined {
  const text = rows.map((row) => Object.values(row).join("\u0001")).join("\u0001");
  return canaryIn(text, canaries) ?? canaryIn(text, inHex(canaries));
}

function inHex(canaries: ReadonlySet<string>): ReadonlySet<string> {
  return new Set(Array.from(canaries, (text) => Buffer.from(text).toString("hex")));
}
