import type { Catalog, Oid } from "../catalog/catalog.js";
import { columnNamed, nameOf } from "../catalog/names.js";
import type { Column, Relation } from "../catalog/relation.js";
import type { Manifest } from "../manifest/manifest.js";
import type { Assume } from "./read-subject.js";
import type { ClassifiedTable } from "./subject.js";
import { classifyThrough } from "./through.js";

interface Evidence {
  readonly catalog: Catalog;
  /** Tenantry's own manifest. */
  readonly classes: ReadonlyMap<Oid, "tenant" | "global" | "operator">;
  readonly root: Relation | undefined;
  /** Names of columns that hold the tenant. */
  readonly columns: readonly string[];
  readonly manifest?: Manifest;
  readonly assume: Assume;
}

/** The journals of migration tools: nobody's rows, and the app has no business with them. */
const journals =
  /^(_prisma_migrations|__drizzle_migrations|kysely_migration(_lock)?|knex_migrations(_lock)?|schema_migrations|ar_internal_metadata|flyway_schema_history|databasechangelog(lock)?|django_migrations|alembic_version|pgmigrations|typeorm_metadata|sequelizemeta|goose_db_version|atlas_schema_revisions)$/i;

/** Says of every table whose rows it holds. */
export function classify(evidence: Evidence): ReadonlyMap<Oid, ClassifiedTable> {
  const relations = [...evidence.catalog.relations.values()].filter(
    ({ kind, extension }) => kind.endsWith("table") && extension === null,
  );
  const alone = new Map<Oid, ClassifiedTable>();
  for (const relation of relations) alone.set(relation.oid, classifyOne(evidence, relation));
  const tables = classifyThrough(evidence.catalog, alone, evidence.assume);
  asTheirParents(evidence.catalog, tables);
  return tables;
}

/** A partition holds the rows of its parent, whatever its name says. */
function asTheirParents(catalog: Catalog, tables: Map<Oid, ClassifiedTable>): void {
  for (const { relation } of tables.values()) {
    const parent = ancestorOf(catalog, relation);
    const ofParent = parent === undefined ? undefined : tables.get(parent.oid);
    const own = tables.get(relation.oid)!;
    if (ofParent === undefined) continue;
    const tenantColumn = ofParent.tenantColumn && columnNamed(relation, ofParent.tenantColumn.name);
    if (own.class === ofParent.class && own.tenantColumn === tenantColumn) continue;
    const why = `a part of ${nameOf(ofParent.relation)}`;
    tables.set(relation.oid, { relation, class: ofParent.class, tenantColumn, why });
  }
}

function classifyOne(evidence: Evidence, relation: Relation): ClassifiedTable {
  return (
    fromManifest(evidence, relation) ??
    fromDatabase(evidence, relation) ??
    fromColumns(evidence, relation) ?? {
      relation,
      class: "unclassified",
      tenantColumn: undefined,
      why: "no manifest names it, and no column of it holds a tenant",
    }
  );
}

function fromManifest(evidence: Evidence, relation: Relation) {
  const { manifest, columns, root } = evidence;
  const said = manifest?.tables[nameOf(relation)];
  if (said === undefined) return undefined;
  const why = "the manifest file";
  if (said.class === "unclear") {
    return {
      relation,
      class: "unclassified" as const,
      tenantColumn: undefined,
      why: said.question,
      asked: true as const,
    };
  }
  if (said.class !== "tenant") return { relation, class: said.class, tenantColumn: undefined, why };
  const tenantColumn =
    said.column === undefined
      ? (protectedColumn(evidence, relation) ??
        firstColumn(relation, columns) ??
        keyOfRoot(relation, root))
      : columnNamed(relation, said.column);
  return { relation, class: "tenant" as const, tenantColumn, why };
}

/** What protect() gave it, beside a column of the author's own that leads to the tenant. */
function protectedColumn({ classes }: Evidence, relation: Relation): Column | undefined {
  return classes.get(relation.oid) === "tenant" ? columnNamed(relation, "tenant_id") : undefined;
}

function fromDatabase(evidence: Evidence, relation: Relation) {
  const own = evidence.classes.get(relation.oid);
  if (own !== undefined) {
    const tenantColumn =
      own === "tenant"
        ? (protectedColumn(evidence, relation) ?? firstColumn(relation, evidence.columns))
        : undefined;
    return { relation, class: own, tenantColumn, why: "tenantry.manifest" };
  }
  if (relation.schema !== "tenantry") return undefined;
  const why = "one of Tenantry's own tables";
  return { relation, class: "operator" as const, tenantColumn: undefined, why };
}

function fromColumns({ columns, root }: Evidence, relation: Relation) {
  const rootKey = keyOfRoot(relation, root);
  if (rootKey !== undefined) {
    return {
      relation,
      class: "tenant" as const,
      tenantColumn: rootKey,
      why: "its rows are the tenants",
    };
  }
  const tenantColumn = firstColumn(relation, columns);
  if (tenantColumn !== undefined) {
    const why = `its column ${tenantColumn.name}`;
    return { relation, class: "tenant" as const, tenantColumn, why };
  }
  if (!journals.test(relation.name)) return undefined;
  const why = "the journal of a migration tool";
  return { relation, class: "operator" as const, tenantColumn: undefined, why };
}

function firstColumn(relation: Relation, names: readonly string[]): Column | undefined {
  return names.map((name) => columnNamed(relation, name)).find((column) => column !== undefined);
}

/** The root's own primary key names the tenant, where it is one column. */
function keyOfRoot(relation: Relation, root: Relation | undefined): Column | undefined {
  if (relation.oid !== root?.oid) return undefined;
  const key = relation.constraints.find(({ kind }) => kind === "primary key");
  const [number, ...others] = key?.columns ?? [];
  if (number === undefined || others.length > 0) return undefined;
  return relation.columns.find((column) => column.number === number);
}

function ancestorOf(catalog: Catalog, relation: Relation): Relation | undefined {
  let current = relation;
  for (let depth = 0; depth < 100; depth++) {
    const [parent] = current.parents;
    const next = parent === undefined ? undefined : catalog.relations.get(parent);
    if (next === undefined) return current === relation ? undefined : current;
    current = next;
  }
  return undefined;
}
