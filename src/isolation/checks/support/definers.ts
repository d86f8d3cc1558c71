import { isInvoker } from "../../catalog/options.js";
import type { Oid } from "../../catalog/catalog.js";
import { bodyOf } from "../../catalog/function-body.js";
import type { DatabaseFunction } from "../../catalog/functions.js";
import { nameOf } from "../../catalog/names.js";
import type { Relation } from "../../catalog/relation.js";
import type { Node } from "../../sql/parse.js";
import type { ClassifiedTable, Subject } from "../../subject/subject.js";
import { functionsIn, relationsIn } from "./body.js";
import { isGuarded } from "./guards.js";
import { mayEnter, usable, usableRows, type Way } from "./reach.js";
import { mayRead, unfilteredBecause } from "./row-security.js";
import { readsOf } from "./views.js";

/** How the app makes a function run: by calling it, or by writing to a table with a trigger. */
export function callers(subject: Subject, routine: DatabaseFunction): readonly Way[] {
  if (routine.returns === "event_trigger") return [];
  if (routine.returns !== "trigger") {
    return mayEnter(subject, routine.schema) ? usable(subject, routine, ["EXECUTE"]) : [];
  }
  return [...subject.catalog.relations.values()]
    .filter(({ triggers }) => triggers.some((each) => runs(each, routine.oid)))
    .flatMap((relation) =>
      usableRows(subject, relation, ["INSERT", "UPDATE", "DELETE"]).map((way) => ({
        ...way,
        who: `${way.who} by writing to ${nameOf(relation)}`,
      })),
    );
}

export interface Touch {
  readonly table: Relation;
  readonly because: string;
  /** The statement compares the table's rows with the acting tenant, or with the row that is written. */
  readonly guarded: boolean;
}

/** Tenants' rows that a function reaches with its owner's rights while nothing in the database holds it to one tenant. */
export function touches(subject: Subject, routine: DatabaseFunction): readonly Touch[] | undefined {
  const nodes = nodesBelow(subject, routine, new Set());
  if (nodes === undefined) return undefined;
  return nodes.flatMap((node) =>
    relationsIn(subject, [node]).flatMap((relation) =>
      openBelow(subject, relation, routine.owner).map((open) => ({
        ...open,
        guarded: isGuarded(subject, routine, nodes, node),
      })),
    ),
  );
}

/** Its statements and those of what it calls without another change of rights. */
function nodesBelow(
  subject: Subject,
  routine: DatabaseFunction,
  seen: Set<Oid>,
): readonly Node[] | undefined {
  seen.add(routine.oid);
  const body = bodyOf(routine);
  if (body === undefined) return undefined;
  const called = functionsIn(subject, body.nodes).filter(
    (each) => !each.securityDefiner && each.extension === null && !seen.has(each.oid),
  );
  return [
    ...body.nodes,
    ...called.flatMap((each) => (seen.size > 50 ? [] : (nodesBelow(subject, each, seen) ?? []))),
  ];
}

function openBelow(
  subject: Subject,
  relation: Relation,
  reader: Oid,
  depth = 0,
): Omit<Touch, "guarded">[] {
  if (depth > 20) return [];
  if (relation.kind === "view") {
    const below = isInvoker(relation) ? reader : relation.owner;
    return readsOf(subject, relation).flatMap((each) => openBelow(subject, each, below, depth + 1));
  }
  const table: ClassifiedTable | undefined = subject.tables.get(relation.oid);
  if (table?.class !== "tenant" || !mayRead(subject, relation, reader)) return [];
  const because = unfilteredBecause(subject, table, reader);
  return because === undefined ? [] : [{ table: relation, because }];
}

function runs(
  { function: oid, enabled }: { function: Oid; enabled: string },
  routine: Oid,
): boolean {
  return oid === routine && enabled !== "disabled";
}
