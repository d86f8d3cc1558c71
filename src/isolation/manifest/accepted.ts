import type { Manifest, Suppression } from "./manifest.js";

export interface Acceptance extends Suppression {
  /** It follows from a table's entry: not to be missed where nothing answers to it. */
  readonly implied?: true;
}

/** What the manifest accepts: its suppressions, and what its entries of tables say is meant so. */
export function acceptedBy(manifest: Manifest | undefined): readonly Acceptance[] {
  if (manifest === undefined) return [];
  const implied = Object.entries(manifest.tables).flatMap(([table, entry]): Acceptance[] => {
    if (entry.class === "tenant") {
      return [
        ...keys(["D4", "unique-oracle"], table, entry.keepUnique, "keepUnique"),
        ...keys(["D1", "D2", "D3", "D6"], table, entry.keepReferences, "keepReferences"),
      ];
    }
    if (entry.class !== "global" || entry.access !== "write") return [];
    return [implication(`global-write:${table}`, "access")];
  });
  return [...manifest.suppressions, ...implied];
}

function keys(
  rules: readonly string[],
  table: string,
  names: readonly string[] | undefined,
  field: string,
): Acceptance[] {
  return (names ?? []).flatMap((name) =>
    rules.map((rule) => implication(`${rule}:${table}:${name}`, field)),
  );
}

function implication(key: string, field: string): Acceptance {
  return { key, reason: `the manifest's ${field} of this table`, implied: true };
}
