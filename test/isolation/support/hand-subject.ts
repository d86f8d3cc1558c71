import type { Catalog, Oid } from "../../../src/isolation/catalog/catalog.js";
import type { Relation } from "../../../src/isolation/catalog/relation.js";
import type { ClassifiedTable, Subject } from "../../../src/isolation/subject/subject.js";

export interface HandOptions {
  /** Names of columns that hold the tenant. */
  readonly tenantColumns: readonly string[];
  /** As `public.organizations`. */
  readonly root?: string;
}

/** A subject told by the names of columns and by foreign keys, for tests that have none better. */
export function handSubject(
  catalog: Catalog,
  { tenantColumns, root: rootName }: HandOptions,
): Subject {
  const kinds = new Set(["table", "partitioned table", "foreign table"]);
  const relations = [...catalog.relations.values()].filter(({ kind }) => kinds.has(kind));
  const root = relations.find(({ schema, name }) => `${schema}.${name}` === rootName);
  const owned = ownedTables(relations, root, tenantColumns);
  const classify = (relation: Relation): ClassifiedTable => ({
    relation,
    class: owned.has(relation.oid) ? "tenant" : "global",
    tenantColumn:
      relation === root
        ? undefined
        : relation.columns.find(({ name }) => tenantColumns.includes(name)),
    why: "by hand",
  });
  return {
    catalog,
    appRoles: [],
    root,
    context: { settings: [], functions: [], sealed: false },
    tables: new Map(relations.map((relation) => [relation.oid, classify(relation)])),
    assumptions: [],
  };
}

/** Those with a tenant column, and those that refer to one of them. */
function ownedTables(
  relations: readonly Relation[],
  root: Relation | undefined,
  tenantColumns: readonly string[],
): ReadonlySet<Oid> {
  const owned = new Set(
    relations
      .filter(
        (relation) =>
          relation === root || relation.columns.some(({ name }) => tenantColumns.includes(name)),
      )
      .map(({ oid }) => oid),
  );
  for (let size = -1; size !== owned.size;) {
    size = owned.size;
    for (const { oid, constraints } of relations) {
      if (
        constraints.some(({ references }) => references !== null && owned.has(references.relation))
      )
        owned.add(oid);
    }
  }
  return owned;
}
