import type { Oid } from "../catalog/catalog.js";
import type { ClassifiedTable, Subject } from "../subject/subject.js";
import type { AllRights } from "./rights.js";
import { targetOf, type Target } from "./target.js";
import type { World } from "./world.js";

/** The tenant tables among `tables`; a sentence for each that cannot be aimed at. */
export function targetsOf(
  subject: Subject,
  world: World,
  tables: readonly ClassifiedTable[],
  rights: AllRights,
): ReadonlyMap<Oid, Target | string> {
  return new Map(
    tables.flatMap(({ relation }) => {
      const seeded = world.tables.get(relation.oid);
      if (seeded?.table.class !== "tenant") return [];
      return [[relation.oid, targetOf(subject, world, seeded, rights(relation.oid))] as const];
    }),
  );
}
