import type { Relation } from "../../../catalog/relation.js";
import type { Adoption } from "../../adoption.js";

/** Views over tables that now have policies: read as whoever asks, not as their owner. */
export function viewsOver({ catalog, tables, shared }: Adoption): readonly Relation[] {
  const known = new Set([...tables, ...shared].map(({ relation }) => relation.oid));
  for (let count = -1; count < known.size;) {
    count = known.size;
    for (const { oid, kind, rules } of catalog.relations.values()) {
      if (
        kind === "view" &&
        rules.some(({ relations }) => relations.some((each) => known.has(each)))
      )
        known.add(oid);
    }
  }
  return [...catalog.relations.values()].filter(
    ({ oid, kind, extension, schema }) =>
      kind === "view" && extension === null && schema !== "tenantry" && known.has(oid),
  );
}
