import { literal, quoted, sqlName } from "../../catalog/names.js";
import { attempt } from "./attempt.js";
import type { TenantLabel } from "./contract.js";
import type { Ground, StoredRow } from "./ground.js";
import type { Link } from "./links.js";
import type { TableShape } from "./shape.js";

/** Points at parents that came after their children, where that could be left open until now. */
export async function fillLinks(ground: Ground, tenant: TenantLabel): Promise<void> {
  for (const shape of ground.shapes.values()) {
    if (shape.key.length === 0) continue;
    for (const link of shape.links.filter((candidate) => isOpen(shape, candidate))) {
      for (const row of ground.rows.get(shape.relation.oid) ?? []) {
        if (row.tenant === tenant) await fill(ground, shape, link, row);
      }
    }
  }
}

const isOpen = (shape: TableShape, link: Link) =>
  !link.required &&
  link.target !== shape.relation.oid &&
  !link.nullable.some((column) => shape.checks.some(({ columns }) => columns.has(column)));

async function fill(ground: Ground, shape: TableShape, link: Link, row: StoredRow): Promise<void> {
  const missing = link.columns.filter((column) => row.values[column] == null);
  if (missing.length === 0) return;
  const parent = ground
    .rowsOf(link.target)
    .filter(({ tenant }) => tenant === row.tenant)
    .sort(
      (one, other) => Math.abs(one.ordinal - row.ordinal) - Math.abs(other.ordinal - row.ordinal),
    )
    .find(({ values }) =>
      link.columns.every((column, index) => {
        const value = values[link.targetColumns[index]!];
        return value != null && (missing.includes(column) || row.values[column] === value);
      }),
    );
  if (parent === undefined) return;
  const valueOf = (column: string) =>
    parent.values[link.targetColumns[link.columns.indexOf(column)]!]!;
  const changes = missing.map((column) => `${quoted(column)} = ${literal(valueOf(column))}`);
  const condition = shape.key.map(
    (column) => `${quoted(column)} = ${literal(row.values[column]!)}`,
  );
  // Where it is refused the row stays as it was, which is sound as well.
  await attempt(ground.session, () =>
    ground.session.query(
      `update ${sqlName(shape.relation)} set ${changes.join(", ")} where ${condition.join(" and ")}`,
    ),
  );
}
