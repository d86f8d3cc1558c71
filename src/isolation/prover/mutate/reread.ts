import type { Catalog } from "../../catalog/catalog.js";
import { readFunctions } from "../../catalog/read-functions.js";
import { readRelations } from "../../catalog/read-relations.js";
import { readRoles } from "../../catalog/read-roles.js";
import { readSurroundings } from "../../catalog/read-surroundings.js";
import type { Reader } from "../../catalog/reader.js";

/**
 * Reads anew what the statements may have changed: all of the catalogs would take longer than the
 * probes. What is overlooked here lets a mutant live, which does not go unnoticed.
 */
export async function rereadCatalog(
  client: Reader,
  base: Catalog,
  statements: readonly string[],
): Promise<Catalog> {
  const text = statements.join(";\n");
  await client.query("select pg_catalog.set_config('search_path', '', true)");
  return {
    ...base,
    ...(/\brole\b|^grant (?!.*\bon\b)/im.test(text) ? await readRoles(client) : {}),
    relations: await readRelations(client),
    ...(/\b(function|procedure)\b/i.test(text) ? { functions: await readFunctions(client) } : {}),
    ...(/^alter (role|database)\b/im.test(text) ? await readSurroundings(client, base.server) : {}),
  };
}
