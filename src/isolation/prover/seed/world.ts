import type { Oid } from "../../catalog/catalog.js";
import { literal, nameOf, quoted, sqlName } from "../../catalog/names.js";
import type { ClassifiedTable, Subject } from "../../subject/subject.js";
import { labels, type SeedOptions, type SeededRow, type SeededTable } from "./contract.js";
import { canaryOf } from "./canary.js";
import type { Ground, Stored, StoredRow } from "./ground.js";
import { textColumns } from "./insert.js";
import { hashedColumns } from "./hash-partitions.js";
import type { TableShape } from "./shape.js";

/** What came of it, table by table, as the rows are now. */
export async function seededTables(
  ground: Ground,
  subject: Subject,
  options: SeedOptions,
): Promise<ReadonlyMap<Oid, SeededTable>> {
  for (const tenant of labels) {
    await options.actAs(tenant, ground.tenants[tenant]);
    for (const shape of ground.shapes.values()) await refresh(ground, shape, tenant);
  }
  return new Map([...subject.tables].map(([oid, table]) => [oid, seededTable(ground, table)]));
}

/** Later triggers, cascades and updates may have changed a row, or removed it. */
async function refresh(
  ground: Ground,
  shape: TableShape,
  tenant: StoredRow["tenant"],
): Promise<void> {
  const { relation, key } = shape;
  const kept = ground.rows.get(relation.oid) ?? [];
  const own = kept.filter((row) => row.tenant === tenant);
  if (own.length === 0 || key.length === 0) return;
  const conditions = own.map(
    ({ values }) =>
      `(${key.map((column) => `${quoted(column)} = ${literal(values[column]!)}::${relation.columns.find(({ name }) => name === column)!.type}`).join(" and ")})`,
  );
  const { rows } = await ground.session.query(
    `select ${textColumns(relation)} from ${sqlName(relation)} where ${conditions.join(" or ")}`,
  );
  const now = new Map((rows as Stored[]).map((values) => [keyText(key, values), values]));
  const current = kept.flatMap((row) => {
    if (row.tenant !== tenant) return [row];
    const values = now.get(keyText(key, row.values));
    return values === undefined ? [] : [{ ...row, values }];
  });
  ground.rows.set(relation.oid, current);
}

const keyText = (key: readonly string[], values: Stored) =>
  JSON.stringify(key.map((column) => values[column]));

function seededTable(ground: Ground, table: ClassifiedTable): SeededTable {
  const { relation } = table;
  const rows = ground.leavesOf(relation.oid).flatMap((leaf) => {
    const shape = ground.shapes.get(leaf);
    return shape === undefined
      ? []
      : (ground.rows.get(leaf) ?? []).map((row) => seededRow(ground, shape, row));
  });
  return {
    table,
    rows,
    unproven: reasonOf(ground, table, rows),
    colliding: collide(ground, relation.oid, rows),
  };
}

function seededRow(
  ground: Ground,
  shape: TableShape,
  { tenant, values, word }: StoredRow,
): SeededRow {
  return { tenant, values, key: shape.key, canary: canaryOf(shape, values, word) };
}

function reasonOf(
  ground: Ground,
  { relation }: ClassifiedTable,
  rows: readonly SeededRow[],
): string | undefined {
  if (relation.kind === "foreign table")
    return "a foreign table: rows there would outlive the rollback";
  const leaves = ground.leavesOf(relation.oid);
  if (leaves.length === 0) return "it has no partitions to put rows into";
  if (ground.deferred?.table === nameOf(relation)) {
    return `a deferred constraint would refuse its rows at the end: ${ground.deferred.reason}`;
  }
  const missing = labels.filter((label) => !rows.some(({ tenant }) => tenant === label));
  const [first] = missing;
  if (first === undefined) return undefined;
  const shape = ground.shapes.get(leaves[0]!);
  if (shape === undefined) return "one of Tenantry's own tables: no rows were made for it";
  const hashed = leaves.length === 1 ? hashedColumns(shape) : [];
  if (hashed.length > 0) {
    const whose = missing.length === 1 ? "one of the two tenants" : "both tenants";
    return `the hash of ${hashed.join(" and ")} puts the rows of ${whose} into other partitions of the table, which was tried as a whole`;
  }
  const reasons = leaves.flatMap((leaf) => ground.problems.get(leaf)?.[first] ?? []);
  const reason = reasons[0] ?? "its rows were gone after other tables were filled";
  return missing.length === labels.length
    ? `no row could be put in: ${reason}`
    : `only one tenant has rows: ${reason}`;
}

/** Whether a row of each tenant is alike in the key, but for columns that tell the tenant. */
function collide(ground: Ground, oid: Oid, rows: readonly SeededRow[]): boolean {
  const tenantColumn = ground.shapes.get(ground.leavesOf(oid)[0] ?? oid)?.tenantColumn;
  const ofTenant = (label: SeededRow["tenant"]) => rows.filter(({ tenant }) => tenant === label);
  return ofTenant("a").some((one) =>
    ofTenant("b").some((other) =>
      one.key.some(
        (column) => column !== tenantColumn && one.values[column] === other.values[column],
      ),
    ),
  );
}
