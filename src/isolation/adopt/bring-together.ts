import type { Catalog } from "../catalog/catalog.js";
import { nameOf } from "../catalog/names.js";
import type { Relation } from "../catalog/relation.js";
import type { Manifest, ManifestTable } from "../manifest/manifest.js";
import type { AdoptedTable, Adoption, SharedTable } from "./adoption.js";
import { findRoot } from "./infer/roots.js";
import { keyColumnOf } from "./infer/tables.js";
import { readWay, type ThroughWay } from "./infer/way.js";
import { inFillOrder } from "./fill-order.js";
import { refuseFamilies } from "./families.js";
import { invalid } from "./invalid.js";
import { makeRoom } from "./make-room.js";

type TenantEntry = Extract<ManifestTable, { class: "tenant" }>;

/**
 * Reads a manifest against the catalog.
 * @param leaveUnclear leaves tables in question alone, where they are refused otherwise
 * @throws {TenantryError} `MANIFEST_INVALID`
 */
export function bringTogether(
  original: Catalog,
  manifest: Manifest,
  leaveUnclear = false,
): Adoption {
  if (manifest.root === undefined) throw invalid("it names no root", "Run adopt with --root.");
  refuseQuestions(manifest, leaveUnclear);
  const { catalog, renamed, manifest: current } = makeRoom(original, manifest);
  refuseFamilies(catalog, current);
  const root = findRoot(catalog, manifest.root);
  const rootKey = keyColumnOf(root)!;
  const tables = entriesOf(catalog, current).flatMap(([relation, entry]) =>
    entry.class === "tenant" ? [adopt(catalog, root, relation, entry)] : [],
  );
  const own = tables.find(({ relation }) => relation === root);
  if (own === undefined) {
    throw invalid(
      `its root ${manifest.root} is no tenant table in it`,
      'Give the root "class": "tenant".',
    );
  }
  const nested = root.constraints.find(
    ({ kind, columns, references }) =>
      kind === "foreign key" && references?.relation === root.oid && columns.length === 1,
  );
  const rootEntry = current.tables[nameOf(root)];
  const topmost = rootEntry?.class === "tenant" && rootEntry.nested === "topmost";
  const parent = root.columns.find(({ number }) => number === nested?.columns[0]);
  const kept = new Set([
    ...own.keepReferences,
    ...(nested === undefined || topmost ? [] : [nested.name]),
  ]);
  return {
    catalog,
    root: { ...own, keepReferences: kept },
    rootKey,
    rootParent: topmost ? parent : undefined,
    tables: inFillOrder(
      tables.map((table) => (table === own ? { ...own, keepReferences: kept } : table)),
      root,
    ),
    shared: entriesOf(catalog, current).flatMap(([relation, entry]) => sharedOf(relation, entry)),
    renamed,
  };
}

function entriesOf(
  catalog: Catalog,
  manifest: Manifest,
): readonly (readonly [Relation, ManifestTable])[] {
  const byName = new Map([...catalog.relations.values()].map((each) => [nameOf(each), each]));
  return Object.entries(manifest.tables).map(([name, entry]) => {
    const relation = byName.get(name);
    if (relation === undefined) {
      throw invalid(
        `${name} is not in the database`,
        "Take it out of the manifest, or run adopt again.",
      );
    }
    return [relation, entry] as const;
  });
}

function adopt(
  catalog: Catalog,
  root: Relation,
  relation: Relation,
  entry: TenantEntry,
): AdoptedTable {
  const ways = (entry.through ?? []).map((text) => {
    const way = readWay(catalog, relation, text);
    if (typeof way === "string")
      throw invalid(`${nameOf(relation)}: ${way}`, "Mend `through` there.");
    return way;
  });
  const own = relation === root || hasTenant(relation);
  if (ways.length === 0 && !own) {
    throw invalid(
      `${nameOf(relation)} is a tenant table without \`through\``,
      'Say which of its columns lead to the tenant, as "project_id -> public.projects.id".',
    );
  }
  return {
    relation,
    ways: relation === root ? [] : ways.filter(({ target }) => target !== relation),
    keepUnique: new Set(entry.keepUnique),
    keepReferences: new Set(entry.keepReferences),
    keepKey: entry.keepKey === true,
    partitions: partitionsOf(catalog, relation),
  };
}

function hasTenant({ columns }: Relation): boolean {
  return columns.some(({ name, type }) => name === "tenant_id" && type === "uuid");
}

function partitionsOf(catalog: Catalog, relation: Relation): readonly Relation[] {
  const direct = [...catalog.relations.values()].filter(
    ({ isPartition, parents }) => isPartition && parents[0] === relation.oid,
  );
  return direct.flatMap((partition) => [...partitionsOf(catalog, partition), partition]);
}

function sharedOf(relation: Relation, entry: ManifestTable): readonly SharedTable[] {
  if (entry.class !== "global" && entry.class !== "operator") return [];
  const { class: kind, reason, access } = entry;
  return [{ relation, class: kind, reason, written: access === "write" }];
}

function refuseQuestions({ tables }: Manifest, leaveUnclear: boolean): void {
  const open = Object.entries(tables).flatMap(([name, { class: kind }]) =>
    kind === "unclear" ? [name] : [],
  );
  if (open.length === 0 || leaveUnclear) return;
  throw invalid(
    `${open.length} of its tables are still in question (${open.slice(0, 5).join(", ")}${open.length > 5 ? ", …" : ""})`,
    "Answer them in the manifest by giving each a class, or pass --leave-unclear to leave these tables as they are.",
  );
}

export type { ThroughWay };
