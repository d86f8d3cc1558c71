import type { Oid } from "../../catalog/catalog.js";
import { columnNames, nameOf } from "../../catalog/names.js";
import type { Relation } from "../../catalog/relation.js";
import type { Placed } from "./inference.js";
import { evidenceOf, textOf, type Link } from "./link.js";
import type { LinksByTable } from "./links.js";
import { neverAllNull } from "./one-of.js";
import { isPeople } from "./signs.js";

export interface Ground {
  readonly tables: readonly Relation[];
  readonly outgoing: LinksByTable;
  readonly incoming: LinksByTable;
  /** Tables that a person decided on, and the registry's: never placed here. */
  readonly fixed: ReadonlySet<Oid>;
}

type Placements = Map<Oid, Placed>;

/** Places every table that certainly belongs to a tenant, nearest to the root first. */
export function spread(ground: Ground, placed: Placements): void {
  const steps = [placeForward, placeByOneOf, placeInverted];
  // Each round places one table at least, or ends.
  for (let count = -1; count < placed.size;) {
    count = placed.size;
    for (const step of steps) {
      step(ground, placed);
      if (placed.size > count) break;
    }
  }
}

/** One layer: tables that point, in every row, to one that was placed before. */
function placeForward(ground: Ground, placed: Placements): void {
  const layer: (readonly [Oid, Placed])[] = [];
  for (const table of open(ground, placed)) {
    const sure = linksTo(ground, table, placed).filter(
      ({ nullable, pointer }) => !nullable && !pointer,
    );
    const [best, ...others] = inOrder(sure, placed);
    if (best === undefined) continue;
    const depth = placed.get(best.target.oid)!.depth + 1;
    layer.push([table.oid, placementOf(best, others, depth)]);
  }
  const least = Math.min(...layer.map(([, { depth }]) => depth));
  for (const [oid, placement] of layer) if (placement.depth === least) placed.set(oid, placement);
}

function placementOf(best: Link, others: readonly Link[], depth: number): Placed {
  const agreeing = others.map(
    (link) => `${textOf(link)} must lead to the same tenant; the shadow report compares them.`,
  );
  return {
    way: depth === 1 ? "direct" : "through",
    depth,
    links: [best],
    evidence: [evidenceOf(best), ...agreeing],
  };
}

/** Tables that point to one of several, as a CHECK says. */
function placeByOneOf(ground: Ground, placed: Placements): void {
  for (const table of open(ground, placed)) {
    const links = linksTo(ground, table, placed).filter(({ columns }) => columns.length === 1);
    const set = neverAllNull(table).find((columns) =>
      columns.every((column) => links.some((link) => link.columns[0] === column)),
    );
    if (set === undefined) continue;
    const used = inOrder(
      links.filter((link) => set.includes(link.columns[0]!)),
      placed,
    );
    const depth = Math.max(...used.map(({ target }) => placed.get(target.oid)!.depth)) + 1;
    const names = columnNames(table, set).join(", ");
    placed.set(table.oid, {
      way: "through",
      depth,
      links: used,
      evidence: [`A CHECK keeps one of ${names} from being null.`, ...used.map(evidenceOf)],
    });
    return;
  }
}

/** Tables that point nowhere, to whose every row one row of a tenant's points. */
function placeInverted(ground: Ground, placed: Placements): void {
  for (const table of open(ground, placed)) {
    const pointing = (ground.incoming.get(table.oid) ?? []).filter((link) =>
      placed.has(link.table.oid),
    );
    const keys = pointing.filter(({ known, unique }) => known === "key" && unique);
    const leadsOn = linksTo(ground, table, placed).length > 0;
    if (keys.length === 0 || keys.length < pointing.length || leadsOn || isPeople(table)) continue;
    const used = [...keys].sort(byText);
    const depth = Math.min(...used.map((link) => placed.get(link.table.oid)!.depth)) + 1;
    placed.set(table.oid, {
      way: "inverted",
      depth,
      links: used,
      inverse: true,
      evidence: used.map(
        (link) =>
          `${nameOf(link.table)} points to it with ${columnNames(link.table, link.columns).join(", ")}, which is unique: each row is one row's of a tenant.`,
      ),
    });
    return;
  }
}

function open(ground: Ground, placed: Placements): readonly Relation[] {
  return ground.tables.filter(({ oid }) => !placed.has(oid) && !ground.fixed.has(oid));
}

/** Its links to tables of tenants', itself left out. */
export function linksTo(
  ground: Ground,
  table: Relation,
  placed: { has(oid: Oid): boolean },
): readonly Link[] {
  return (ground.outgoing.get(table.oid) ?? []).filter(
    ({ target }) => target.oid !== table.oid && placed.has(target.oid),
  );
}

/** The shortest first; of equals a foreign key, then the one whose columns come first by name. */
export function inOrder(links: readonly Link[], placed: ReadonlyMap<Oid, Placed>): readonly Link[] {
  const rank = { key: 0, usage: 1, name: 2 };
  return [...links].sort(
    (a, b) =>
      placed.get(a.target.oid)!.depth - placed.get(b.target.oid)!.depth ||
      rank[a.known] - rank[b.known] ||
      byText(a, b),
  );
}

function byText(a: Link, b: Link): number {
  return textOf(a) + nameOf(a.table) < textOf(b) + nameOf(b.table) ? -1 : 1;
}
