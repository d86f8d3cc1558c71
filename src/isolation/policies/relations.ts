import type { Catalog } from "../catalog/catalog.js";
import type { Relation } from "../catalog/relation.js";

/**
 * The relation of a name. Expressions out of the catalogs name the schema; a function's body may
 * not, and is understood only where one relation alone has the name.
 */
export function relationNamed(
  catalog: Catalog,
  schema: string | undefined,
  name: string,
): Relation | undefined {
  const fitting = [...catalog.relations.values()].filter(
    (each) => each.name === name && (schema === undefined || each.schema === schema),
  );
  return fitting.length === 1 ? fitting[0] : undefined;
}
