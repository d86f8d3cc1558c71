import { TenantryError } from "../../core/tenantry-error.js";
import type { Catalog } from "../catalog/catalog.js";
import { nameOf } from "../catalog/names.js";
import type { Relation } from "../catalog/relation.js";

/**
 * The table of that name, with or without its schema.
 * @throws {TenantryError} `PROOF_IMPOSSIBLE` where there is none, or several
 */
export function findRoot(catalog: Catalog, name: string | undefined): Relation | undefined {
  if (name === undefined) return undefined;
  const tables = [...catalog.relations.values()].filter(({ kind }) => kind.endsWith("table"));
  const exact = tables.filter((table) => table.name === name || nameOf(table) === name);
  const found =
    exact.length > 0
      ? exact
      : tables.filter((table) => [table.name, nameOf(table)].some((each) => same(each, name)));
  if (found.length === 1) return found[0];
  const several = found.map(nameOf).join(", ");
  throw new TenantryError("PROOF_IMPOSSIBLE", {
    message:
      found.length === 0
        ? `There is no table ${JSON.stringify(name)} in the database ${catalog.server.database}.`
        : `Several tables are called ${JSON.stringify(name)}: ${several}.`,
    fix: "Name the table whose rows are the tenants with its schema, as --root public.organizations.",
  });
}

const same = (a: string, b: string) => a.toLowerCase() === b.toLowerCase();
