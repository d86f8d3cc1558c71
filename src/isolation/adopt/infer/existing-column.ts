import type { Oid } from "../../catalog/catalog.js";
import { nameOf } from "../../catalog/names.js";
import type { Column, Relation } from "../../catalog/relation.js";
import type { Placed } from "./inference.js";
import { typesAgree, type Link } from "./link.js";
import type { Ground } from "./spread.js";
import { isNotNull, keyColumnOf } from "./tables.js";

/** Tenantry's own column, where the table has it in the right type. */
export function existingColumn(relation: Relation): string | undefined {
  return relation.columns.find(({ name, type }) => name === "tenant_id" && type === "uuid")?.name;
}

/**
 * Places tables that hold the root's id in a column of a name that says so, without a foreign key: the
 * one that was named, or `tenant_id` and `tenantId`.
 */
export function placeByColumn(
  ground: Ground,
  root: Relation,
  placed: Map<Oid, Placed>,
  tenantColumn: string | undefined,
): void {
  const key = keyColumnOf(root)!;
  const names = tenantColumn === undefined ? ["tenant_id", "tenantId"] : [tenantColumn];
  for (const table of ground.tables) {
    if (placed.has(table.oid) || ground.fixed.has(table.oid)) continue;
    const column = table.columns.find((each) => names.includes(each.name) && typesAgree(each, key));
    if (column === undefined || !isNotNull(table, column.number)) continue;
    // A foreign key to another table outweighs the name.
    const elsewhere = (ground.outgoing.get(table.oid) ?? []).some(
      (link) => link.columns[0] === column.number && link.target.oid !== root.oid,
    );
    if (!elsewhere) placed.set(table.oid, placement(table, column, root, key));
  }
}

function placement(table: Relation, column: Column, root: Relation, key: Column): Placed {
  const link: Link = {
    table,
    columns: [column.number],
    target: root,
    targetColumns: [key.number],
    known: "name",
    nullable: false,
    unique: false,
    pointer: false,
  };
  const evidence = [
    `Its column ${column.name}, not null, holds ids of ${nameOf(root)}: its name says so, and the types agree.`,
  ];
  return { way: "direct", depth: 1, links: [link], evidence };
}
