import type { Manifest } from "./manifest.js";

/**
 * What follows from global tables that the app may write, as those of people and sign-ins, in a
 * sentence; undefined where there are none.
 */
export function saidOfWritten({ tables }: Pick<Manifest, "tables">): string | undefined {
  const names = Object.entries(tables).flatMap(([name, entry]) =>
    entry.class === "global" && entry.access === "write" ? [name] : [],
  );
  if (names.length === 0) return undefined;
  return `The application may read and write every row of these global tables, whichever tenant it acts for: ${names.join(", ")}. Where that is not meant, give them "access": "read" or another class in the manifest.`;
}
