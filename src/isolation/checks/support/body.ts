import type { DatabaseFunction } from "../../catalog/functions.js";
import type { Relation } from "../../catalog/relation.js";
import { callsIn, tablesIn } from "../../sql/nodes.js";
import type { Node } from "../../sql/parse.js";
import type { Subject } from "../../subject/subject.js";
import { isNamed } from "./context.js";

/** The tables and views that statements name; where the schema is left out, all of that name. */
export function relationsIn(subject: Subject, nodes: readonly Node[]): readonly Relation[] {
  const named = tablesIn(nodes);
  return [...subject.catalog.relations.values()].filter(
    (relation) =>
      relation.kind !== "sequence" &&
      named.some(
        ({ schema, name }) =>
          relation.name === name && (schema === undefined || relation.schema === schema),
      ),
  );
}

/** The functions of the database that a body calls. */
export function functionsIn(subject: Subject, nodes: readonly Node[]): readonly DatabaseFunction[] {
  const calls = callsIn(nodes);
  return [...subject.catalog.functions.values()].filter((routine) =>
    calls.some(({ words }) => isNamed(`${routine.schema}.${routine.name}`, words)),
  );
}
