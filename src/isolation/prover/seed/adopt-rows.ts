import { literal, quoted, sqlName } from "../../catalog/names.js";
import type { TenantLabel } from "./contract.js";
import type { Ground, Stored } from "./ground.js";
import { textColumns } from "./insert.js";
import type { TableShape } from "./shape.js";
import type { WriteResult } from "./writer.js";

/** A row of the tenant that a trigger made, where none could be put in beside it. */
export async function adoptRows(
  ground: Ground,
  shapes: readonly TableShape[],
  tenant: TenantLabel,
  reason: string,
): Promise<WriteResult> {
  const [shape] = shapes;
  if (shape?.tenantColumn === undefined || shapes.length > 1) return { reason };
  const known = new Set(
    ground.rowsOf(shape.relation.oid).map(({ values }) => keyOf(shape, values)),
  );
  const { rows } = await ground.session.query(
    `select ${textColumns(shape.relation)} from ${sqlName(shape.relation)}
     where ${quoted(shape.tenantColumn)}::pg_catalog.text = ${literal(ground.tenants[tenant])} limit 5`,
  );
  const found = (rows as Stored[]).find((row) => !known.has(keyOf(shape, row)));
  if (found === undefined) return { reason };
  return { written: [{ oid: shape.relation.oid, word: "", values: found }] };
}

const keyOf = (shape: TableShape, row: Stored) =>
  JSON.stringify(
    (shape.key.length > 0 ? shape.key : Object.keys(row)).map((column) => row[column]),
  );
