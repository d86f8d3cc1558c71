import type { Catalog, Oid } from "../../catalog/catalog.js";
import { nameOf } from "../../catalog/names.js";
import type { Relation } from "../../catalog/relation.js";
import { fixedBy, placedBy } from "./answers.js";
import { existingColumn, placeByColumn } from "./existing-column.js";
import type { Inference, InferOptions, InferredTable, Placed } from "./inference.js";
import { inverseTextOf, textOf, type Link } from "./link.js";
import { groupBy, linksOf } from "./links.js";
import { addOthers } from "./others.js";
import { disagreement } from "./questions.js";
import { findRoot } from "./roots.js";
import { arrayTarget, idArrays, polymorphicPairs } from "./signs.js";
import { spread, type Ground } from "./spread.js";
import { childrenOf, tablesOf, unprotectableOf } from "./tables.js";

/**
 * Says of every table whose it is, and how that is known. Looks at the catalog only, never at rows;
 * the same catalog always gives the same answer.
 * @throws {TenantryError} `PROOF_IMPOSSIBLE` where there is no such root, `MANIFEST_INVALID` where an
 * answer names what is not there
 */
export function inferTables(catalog: Catalog, options: InferOptions): Inference {
  const root = findRoot(catalog, options.root);
  const ground = groundOf(catalog, options);
  const placed = new Map<Oid, Placed>([[root.oid, rootPlacement(root)]]);
  placedBy(catalog, options.answers ?? {}, placed);
  placeByColumn(ground, root, placed, options.tenantColumn);
  spread(ground, placed);
  const found = new Map<Oid, InferredTable>();
  for (const [oid, answer] of fixedBy(catalog, options.answers ?? {})) found.set(oid, answer);
  addTenantTables(ground, root, placed, found);
  addOthers(ground, placed, found);
  addChildren(catalog, found);
  return { root, tables: inNameOrder(found) };
}

function groundOf(catalog: Catalog, { answers = {} }: InferOptions): Ground {
  const links = linksOf(catalog);
  return {
    tables: tablesOf(catalog),
    outgoing: groupBy(links, ({ table }) => table),
    incoming: groupBy(links, ({ target }) => target),
    fixed: new Set(fixedBy(catalog, answers).keys()),
  };
}

function rootPlacement(root: Relation): Placed {
  const nested = root.constraints.find(
    ({ kind, references }) => kind === "foreign key" && references?.relation === root.oid,
  );
  const evidence = [`Each row of ${nameOf(root)} is a tenant.`];
  if (nested !== undefined) {
    evidence.push(
      `Its rows are nested (${nested.name}). Each is a tenant of its own, unless the manifest says "nested": "topmost": then a whole tree is one tenant.`,
    );
  }
  return { way: "root", depth: 0, links: [], evidence };
}

function addTenantTables(
  ground: Ground,
  root: Relation,
  placed: ReadonlyMap<Oid, Placed>,
  found: Map<Oid, InferredTable>,
): void {
  for (const relation of ground.tables) {
    const placement = placed.get(relation.oid);
    const answered = found.has(relation.oid) && placement?.way !== "root";
    if (placement === undefined || answered) continue;
    const asked =
      placement.way === "direct" || placement.way === "through"
        ? disagreement(ground, relation, placed, root)
        : undefined;
    found.set(
      relation.oid,
      asked === undefined
        ? tenantTable(ground, relation, placement)
        : { relation, class: "unclear", way: "open", through: [], ...asked },
    );
  }
}

function tenantTable(ground: Ground, relation: Relation, placement: Placed): InferredTable {
  const column = existingColumn(relation);
  return {
    relation,
    class: "tenant",
    way: placement.way,
    depth: placement.depth,
    through: placement.links.map((link) => wayText(link, placement)),
    evidence: [...placement.evidence, ...looseEnds(ground, relation)],
    ...(column === undefined ? {} : { column }),
  };
}

function wayText(link: Link, { inverse = false }: Placed): string {
  return inverse ? inverseTextOf(link) : textOf(link);
}

/** Ids that no foreign key holds to the tenant, whatever class the table has. */
function looseEnds(ground: Ground, relation: Relation): readonly string[] {
  const pairs = polymorphicPairs(relation).map(
    ({ type, id }) =>
      `${type.name} and ${id.name} name rows of several tables; no key keeps them in the tenant.`,
  );
  const lists = idArrays(relation).flatMap((array) => {
    const target = arrayTarget(array, ground.tables);
    return target === undefined
      ? []
      : [`${array.column.name} holds ids of ${nameOf(target)}; no key keeps them in the tenant.`];
  });
  return [...pairs, ...lists];
}

function addChildren(catalog: Catalog, found: Map<Oid, InferredTable>): void {
  for (const relation of unprotectableOf(catalog)) {
    if (found.has(relation.oid)) continue;
    const evidence = [`A ${relation.kind} takes no row security, so the app must not reach it.`];
    found.set(relation.oid, { relation, class: "operator", way: "apart", through: [], evidence });
  }
  const waiting = [...childrenOf(catalog)];
  // A child of a child comes after its parent; each round places one at least.
  for (let round = waiting.length; round > 0; round--) {
    for (const relation of waiting) {
      const parent = found.get(relation.parents[0]!);
      if (parent === undefined || found.has(relation.oid)) continue;
      const kind = relation.isPartition ? "A partition" : "An inheritance child";
      const evidence = [`${kind} of ${nameOf(parent.relation)}: it goes where that goes.`];
      found.set(relation.oid, { ...parent, relation, way: "parent", evidence });
    }
  }
}

function inNameOrder(found: ReadonlyMap<Oid, InferredTable>): ReadonlyMap<Oid, InferredTable> {
  return new Map(
    [...found].sort(([, a], [, b]) => (nameOf(a.relation) < nameOf(b.relation) ? -1 : 1)),
  );
}
