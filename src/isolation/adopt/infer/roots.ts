import type { Catalog } from "../../catalog/catalog.js";
import { nameOf } from "../../catalog/names.js";
import type { Relation } from "../../catalog/relation.js";
import { TenantryError } from "../../../core/tenantry-error.js";
import type { Placed } from "./inference.js";
import { tablesCalled } from "../../subject/root.js";
import { groupBy, linksOf } from "./links.js";
import { isPeople } from "./signs.js";
import { spread } from "./spread.js";
import { keyColumnOf, tablesOf } from "./tables.js";
import { singular, wordsOf } from "../../catalog/words.js";

/** A table whose rows could be the tenants. */
export interface RootProposal {
  readonly relation: Relation;
  /** How many tables would belong to a tenant. */
  readonly reach: number;
}

/** Tables that most of the others hang on, the likeliest first; at most `limit`, default 5. */
export function proposeRoots(catalog: Catalog, limit = 5): readonly RootProposal[] {
  const tables = tablesOf(catalog);
  const links = linksOf(catalog);
  const ground = {
    tables,
    outgoing: groupBy(links, ({ table }) => table),
    incoming: groupBy(links, ({ target }) => target),
    fixed: new Set<number>(),
  };
  return tables
    .filter((table) => keyColumnOf(table) !== undefined && !isPeople(table))
    .filter((table) => (ground.incoming.get(table.oid) ?? []).length > 0)
    .map((relation) => {
      const placed = new Map<number, Placed>([
        [relation.oid, { way: "root", depth: 0, links: [], evidence: [] }],
      ]);
      spread(ground, placed);
      return { relation, reach: placed.size - 1 };
    })
    .sort((a, b) => weightOf(b) - weightOf(a) || (nameOf(a.relation) < nameOf(b.relation) ? -1 : 1))
    .slice(0, limit);
}

function weightOf({ relation, reach }: RootProposal): number {
  const last = singular(wordsOf(relation.name).at(-1) ?? "");
  const isUsual =
    /^(organization|organisation|org|tenant|tenancy|workspace|company|team|account|customer)$/;
  return reach * (isUsual.test(last) ? 3 : 1);
}

/**
 * The table of that name.
 * @throws {TenantryError} `PROOF_IMPOSSIBLE` where there is none, or several, or its rows have no key
 */
export function findRoot(catalog: Catalog, name: string): Relation {
  const [root, ...others] = tablesCalled(catalog, name);
  if (root === undefined || others.length > 0) {
    throw unusable(
      `There ${others.length > 0 ? "are several tables" : "is no table"} called ${name}.`,
      catalog,
    );
  }
  if (keyColumnOf(root) === undefined) {
    throw unusable(
      `${nameOf(root)} has no primary key of one column, which tenants could be known by.`,
      catalog,
    );
  }
  return root;
}

function unusable(message: string, catalog: Catalog): TenantryError {
  const names = proposeRoots(catalog).map(({ relation }) => nameOf(relation));
  const proposal = names.length === 0 ? "" : ` Likely ones: ${names.join(", ")}.`;
  return new TenantryError("PROOF_IMPOSSIBLE", {
    message,
    fix: `Name the table whose rows are the tenants with --root, with its schema.${proposal}`,
  });
}
