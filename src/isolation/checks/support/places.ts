import { nameOf } from "../../catalog/names.js";
import { globalKeys, type GlobalKey } from "./unique-keys.js";
import type { Subject } from "../../subject/subject.js";

/** The tables with unique keys that lack the tenant, by name; what bears on all of them is one finding. */
export function tablesWithGlobalKeys(
  subject: Subject,
  suits: (key: GlobalKey) => boolean,
): readonly string[] {
  const keys = globalKeys(subject).filter((key) => key.index.unique && suits(key));
  return [...new Set(keys.map(({ table }) => nameOf(table.relation)))];
}
