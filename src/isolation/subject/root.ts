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
  const found = tablesCalled(catalog, name);
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

/** With or without the schema, `public` where several have one; the exact spelling first, else any case. */
export function tablesCalled(catalog: Catalog, name: string): readonly Relation[] {
  const plain = name.replaceAll('"', "");
  const tables = [...catalog.relations.values()].filter(({ kind }) => kind.endsWith("table"));
  const fitting = (same: (spelling: string) => boolean) =>
    tables.filter((table) => same(table.name) || same(nameOf(table)));
  const exact = fitting((each) => each === plain);
  const found =
    exact.length > 0 ? exact : fitting((each) => each.toLowerCase() === plain.toLowerCase());
  const inPublic = found.filter(({ schema }) => schema === "public");
  return inPublic.length === 1 ? inPublic : found;
}
