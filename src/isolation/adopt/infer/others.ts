import type { Oid } from "../../catalog/catalog.js";
import type { Relation } from "../../catalog/relation.js";
import type { InferredTable, Placed } from "./inference.js";
import { apart, questionOf, type Asked } from "./questions.js";
import { sharedTable } from "./shared.js";
import { isMigrationTable } from "./signs.js";
import { linksTo, type Ground } from "./spread.js";

/** Tables that certainly belong to no tenant, and those that somebody has to be asked of. */
export function addOthers(
  ground: Ground,
  placed: ReadonlyMap<Oid, Placed>,
  found: Map<Oid, InferredTable>,
): void {
  const rest = ground.tables.filter(({ oid }) => !found.has(oid));
  const unclear = new Set(
    [...found.values()].filter((t) => t.class === "unclear").map((t) => t.relation.oid),
  );
  const open = () =>
    rest.filter((relation) => !unclear.has(relation.oid) && !isMigrationTable(relation));
  const ask = (relation: Relation, asked: Asked) => {
    unclear.add(relation.oid);
    found.set(relation.oid, { relation, class: "unclear", way: "open", through: [], ...asked });
  };
  // What depends on a table in question is in question too, so this goes on until nothing is added.
  const follow = () => {
    for (let count = -1; count < unclear.size;) {
      count = unclear.size;
      for (const relation of open()) {
        const asked = questionOf(ground, relation, placed, unclear);
        if (asked !== undefined) ask(relation, asked);
      }
    }
  };
  follow();
  // Last, since every other question says more; of two such tables the one that the other points to.
  for (let next = nextApart(ground, open()); next !== undefined; next = nextApart(ground, open())) {
    ask(...next);
    follow();
  }
  for (const relation of rest) {
    if (!unclear.has(relation.oid)) found.set(relation.oid, sharedTable(ground, relation));
  }
}

function nextApart(
  ground: Ground,
  open: readonly Relation[],
): readonly [Relation, Asked] | undefined {
  const lone = open.flatMap((relation) => {
    const asked = apart(ground, relation);
    return asked === undefined ? [] : [[relation, asked] as const];
  });
  const others = new Set(lone.map(([{ oid }]) => oid));
  return lone.find(([relation]) => linksTo(ground, relation, others).length === 0) ?? lone[0];
}
