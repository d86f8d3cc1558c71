import type { Subject } from "../../subject/subject.js";
import type { TenantLabel } from "./contract.js";
import type { Ground } from "./ground.js";
import { hashedColumns, mostAlike } from "./hash-partitions.js";
import { firstStyle } from "./retry.js";
import { listedValues } from "./listed.js";
import type { TableShape } from "./shape.js";

/** Of so many ids one is taken that hashes to the first tenant's partitions. */
const manyIds = 64;

/**
 * The ids of two tenants, before any row is there: as the root's column takes them, or, where there is
 * no root, as the first tenant column. Where partitions list the tenants there are, two of those; where
 * they take them by hash, two that meet in one.
 */
export async function chooseTenants(
  ground: Ground,
  subject: Subject,
): Promise<Record<TenantLabel, string>> {
  const shapes = [...ground.shapes.values()].filter(
    ({ tenantColumn }) => tenantColumn !== undefined,
  );
  const root = shapes.find(({ relation }) => relation.oid === subject.root?.oid);
  const shape = root ?? mostUsual(shapes);
  if (shape === undefined) return { a: "a", b: "b" };
  const listed = listedValues(shapes);
  const a = listed[0] ?? (await idFor(ground, shape, "a"));
  if (listed[1] !== undefined) return { a, b: listed[1] };
  const candidates = [await idFor(ground, shape, "b")];
  if (shapes.some((each) => hashedColumns(each).length > 0)) {
    while (candidates.length < manyIds) candidates.push(await idFor(ground, shape, "b"));
  }
  return { a, b: (await mostAlike(ground.session, shapes, a, candidates)) ?? "b" };
}

async function idFor(ground: Ground, shape: TableShape, label: TenantLabel): Promise<string> {
  const column = shape.relation.columns.find(({ name }) => name === shape.tenantColumn)!;
  const [first] = await ground.options.of(
    shape,
    { ...column, default: null, notNull: true },
    ground.ownSeed(label, "tenant"),
    firstStyle,
  );
  return typeof first === "string" ? first : label;
}

/** A table whose tenant column is of the type that most have. */
function mostUsual(shapes: readonly TableShape[]): TableShape | undefined {
  const typeOf = ({ relation, tenantColumn }: TableShape) =>
    relation.columns.find(({ name }) => name === tenantColumn)!.type;
  const counts = new Map<string, number>();
  for (const shape of shapes) counts.set(typeOf(shape), (counts.get(typeOf(shape)) ?? 0) + 1);
  const [usual] = [...counts].sort(([, one], [, other]) => other - one)[0] ?? [];
  return shapes.find((shape) => typeOf(shape) === usual);
}
