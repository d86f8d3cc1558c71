import type { Subject } from "../../subject/subject.js";
import { labels, type TenantLabel } from "./contract.js";
import type { Ground } from "./ground.js";
import { firstStyle } from "./retry.js";
import { listedValues } from "./listed.js";
import type { TableShape } from "./shape.js";

/**
 * The ids of two tenants, before any row is there: as the root's column takes them, or, where there is
 * no root, as the first tenant column. Where partitions list the tenants there are, two of those.
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
  const ids: string[] = [];
  for (const [index, label] of labels.entries()) {
    const column = shape.relation.columns.find(({ name }) => name === shape.tenantColumn)!;
    const seed = ground.ownSeed(label, "tenant");
    const [first] = await ground.options.of(
      shape,
      { ...column, default: null, notNull: true },
      seed,
      firstStyle,
    );
    ids.push(listed[index] ?? (typeof first === "string" ? first : label));
  }
  return { a: ids[0]!, b: ids[1]! };
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
