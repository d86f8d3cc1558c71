import type { Catalog } from "../catalog/catalog.js";
import { nameOf } from "../catalog/names.js";
import type { Relation } from "../catalog/relation.js";
import type { Manifest } from "../manifest/manifest.js";
import { invalid } from "./invalid.js";

/**
 * What cannot be carried out where tables inherit: rows of a child are read through its parent, under
 * the parent's policies alone.
 * @throws {TenantryError} `MANIFEST_INVALID`
 */
export function refuseFamilies(catalog: Catalog, { tables }: Manifest): void {
  const classOf = (relation: Relation) => tables[nameOf(relation)]?.class;
  for (const relation of catalog.relations.values()) {
    const parents = relation.parents.flatMap((oid) => catalog.relations.get(oid) ?? []);
    if (relation.isPartition) refusePartition(relation, parents[0], classOf(relation));
    else {
      for (const parent of parents) {
        const [own, above] = [classOf(relation), classOf(parent)];
        if (own === above || (own !== "tenant" && above !== "tenant")) continue;
        throw invalid(
          `${nameOf(relation)} inherits from ${nameOf(parent)}, but they are of different classes (${own ?? "none"}, ${above ?? "none"})`,
          "Give both the same class: a parent shows the rows of its children under its own policies.",
        );
      }
    }
    if (classOf(relation) === "tenant") refuseKeysToPartitions(catalog, relation);
  }
}

function refusePartition(
  relation: Relation,
  whole: Relation | undefined,
  answered: string | undefined,
): void {
  if (answered === undefined || whole === undefined) return;
  throw invalid(
    `${nameOf(relation)} is a partition of ${nameOf(whole)}`,
    "Take it out: a partition goes where the whole goes.",
  );
}

/** Such a key hangs on an index that the whole's primary key takes along when it goes. */
function refuseKeysToPartitions(catalog: Catalog, relation: Relation): void {
  for (const { kind, name, references, inherited } of relation.constraints) {
    const target = references === null ? undefined : catalog.relations.get(references.relation);
    if (kind !== "foreign key" || inherited || target?.isPartition !== true) continue;
    throw invalid(
      `the foreign key ${name} of ${nameOf(relation)} leads to ${nameOf(target)}, a partition, and cannot carry the tenant`,
      "Drop it, or let it lead to the whole.",
    );
  }
}
