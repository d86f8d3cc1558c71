import type { Catalog, Oid } from "../../catalog/catalog.js";
import { nameOf } from "../../catalog/names.js";
import type { Relation } from "../../catalog/relation.js";
import type { Manifest } from "../../manifest/manifest.js";
import { TenantryError } from "../../../core/tenantry-error.js";
import { existingColumn } from "./existing-column.js";
import type { InferredTable, Placed } from "./inference.js";
import { ownSchemas } from "./tables.js";
import { readWay } from "./way.js";

type Answers = Manifest["tables"];

/** The tables that a person decided on, as they stand in the manifest. */
export function fixedBy(catalog: Catalog, answers: Answers): ReadonlyMap<Oid, InferredTable> {
  return new Map(
    answered(catalog, answers).flatMap(([relation, answer]) => {
      const table = inferredFrom(relation, answer);
      return table === undefined ? [] : [[relation.oid, table] as const];
    }),
  );
}

/** Lets what hangs on a table that a person gave to the tenants be found. */
export function placedBy(catalog: Catalog, answers: Answers, placed: Map<Oid, Placed>): void {
  for (const [relation, answer] of answered(catalog, answers)) {
    if (answer.class !== "tenant") continue;
    for (const way of answer.through ?? []) {
      const read = readWay(catalog, relation, way);
      if (typeof read === "string") throw wrong(relation, read);
    }
    if (placed.has(relation.oid)) continue;
    placed.set(relation.oid, { way: "answer", depth: 1, links: [], evidence: [] });
  }
}

function inferredFrom(relation: Relation, answer: Answers[string]): InferredTable | undefined {
  if (answer.class === "unclear") return undefined;
  const common = { relation, way: "answer", evidence: answer.evidence ?? [] } as const;
  if (answer.class === "tenant") {
    const column = answer.column ?? existingColumn(relation);
    return {
      ...common,
      class: "tenant",
      through: answer.through ?? [],
      ...(column === undefined ? {} : { column }),
    };
  }
  const written = "access" in answer && answer.access === "write";
  return { ...common, class: answer.class, through: [], ...(written ? { written } : {}) };
}

function answered(
  catalog: Catalog,
  answers: Answers,
): readonly (readonly [Relation, Answers[string]])[] {
  return [...catalog.relations.values()]
    .filter(({ schema }) => !ownSchemas.includes(schema))
    .flatMap((relation) => {
      const answer = answers[nameOf(relation)];
      return answer === undefined ? [] : [[relation, answer] as const];
    });
}

function wrong(relation: Relation, problem: string): TenantryError {
  return new TenantryError("MANIFEST_INVALID", {
    message: `The manifest's entry of ${nameOf(relation)} cannot be used: ${problem}.`,
    fix: "Mend `through` there; docs/adopt.md describes it.",
  });
}
