import type { Catalog } from "../catalog/catalog.js";
import { nameOf } from "../catalog/names.js";
import type { Relation } from "../catalog/relation.js";
import { TenantryError } from "../../core/tenantry-error.js";
import type { Manifest } from "../manifest/manifest.js";
import { tenantColumn } from "./adoption.js";

interface Room {
  /** As it will be once the columns are renamed. */
  readonly catalog: Catalog;
  readonly manifest: Manifest;
  readonly renamed: readonly { readonly relation: Relation; readonly to: string }[];
}

/**
 * Sees to it that a column `tenant_id` of another type than uuid is renamed.
 * @throws {TenantryError} `MANIFEST_INVALID` where nobody said to what
 */
export function makeRoom(catalog: Catalog, manifest: Manifest): Room {
  const inTheWay = [...catalog.relations.values()].filter(
    (relation) =>
      manifest.tables[nameOf(relation)]?.class === "tenant" &&
      relation.columns.some(({ name, type }) => name === tenantColumn && type !== "uuid"),
  );
  if (inTheWay.length === 0) return { catalog, manifest, renamed: [] };
  const to = manifest.renameTenantColumn;
  if (to === undefined || to === tenantColumn) throw inTheWayOf(inTheWay);
  const renamed = inTheWay.map((relation) => ({ relation, to }));
  const oids = new Set(withPartitions(catalog, inTheWay));
  const relations = new Map(
    [...catalog.relations].map(([oid, relation]) => [
      oid,
      oids.has(oid) ? rename(relation, to) : relation,
    ]),
  );
  const names = new Set(inTheWay.map(nameOf));
  const tables = Object.entries(manifest.tables).map(([name, entry]) => {
    if (entry.class !== "tenant" || entry.through === undefined) return [name, entry] as const;
    return [
      name,
      { ...entry, through: entry.through.map((way) => renameIn(way, names.has(name), names, to)) },
    ] as const;
  });
  return {
    catalog: { ...catalog, relations },
    manifest: { ...manifest, tables: Object.fromEntries(tables) },
    renamed,
  };
}

function withPartitions(catalog: Catalog, tables: readonly Relation[]): readonly number[] {
  const found = tables.map(({ oid }) => oid);
  for (const oid of found) {
    for (const { oid: child, parents } of catalog.relations.values()) {
      if (parents.includes(oid)) found.push(child);
    }
  }
  return found;
}

function rename(relation: Relation, to: string): Relation {
  const replaced = (text: string) =>
    text.replace(/\btenant_id\b/g, `"${to.replaceAll('"', '""')}"`);
  return {
    ...relation,
    columns: relation.columns.map((column) =>
      column.name === tenantColumn ? { ...column, name: to } : column,
    ),
    indexes: relation.indexes.map((index) => ({
      ...index,
      definition: replaced(index.definition),
    })),
  };
}

function renameIn(way: string, own: boolean, names: ReadonlySet<string>, to: string): string {
  const [left = "", arrow = "", right = ""] = way.split(/\s+(->|<-)\s+/);
  const table = right.split(".").slice(0, 2).join(".");
  const rename = (text: string) => text.replace(/\btenant_id\b/g, () => to);
  return `${own ? rename(left) : left} ${arrow} ${names.has(table) ? rename(right) : right}`;
}

function inTheWayOf(tables: readonly Relation[]): TenantryError {
  const names = tables.map(nameOf);
  return new TenantryError("MANIFEST_INVALID", {
    message: `${names.slice(0, 5).join(", ")}${names.length > 5 ? ", …" : ""} have a column tenant_id that is no uuid, where Tenantry's own has to be.`,
    fix: 'Say in the manifest what it is to be renamed to, as "renameTenantColumn": "tenant_key", and let the app use that name from then on.',
  });
}
