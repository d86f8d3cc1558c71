import { literal, quoted } from "../../catalog/names.js";
import type { RowCheck } from "./checks.js";
import type { SeedSession } from "./contract.js";
import type { TableShape } from "./shape.js";

/** What puts rows into a partition by the hash of their tenant. */
interface HashBound {
  readonly column: string;
  readonly type: string;
  /** SQL over the column. */
  readonly expression: string;
}

/** The columns whose hash brings rows into a partition; empty of any other table. */
export function hashedColumns(shape: TableShape): readonly string[] {
  return [...(hashCheck(shape)?.columns ?? [])];
}

function hashCheck({ checks }: TableShape): RowCheck | undefined {
  return checks.find(({ expression }) => expression.startsWith("satisfies_hash_partition("));
}

/** Of a partition that takes the tenants that hash to it; undefined of any other table. */
function hashBound(shape: TableShape): HashBound | undefined {
  const { relation, tenantColumn } = shape;
  const column = relation.columns.find(({ name }) => name === tenantColumn);
  const bound = hashCheck(shape);
  if (column === undefined || bound === undefined || bound.columns.size > 1) return undefined;
  if (!bound.columns.has(column.name)) return undefined;
  const { expression } = bound;
  return { column: column.name, type: column.type, expression };
}

/** The candidate that goes into the same partitions as `id` does, or into the most of them. */
export async function mostAlike(
  session: SeedSession,
  shapes: readonly TableShape[],
  id: string,
  candidates: readonly string[],
): Promise<string | undefined> {
  const bounds = shapes.flatMap((shape) => hashBound(shape) ?? []);
  const [first] = candidates;
  if (bounds.length === 0 || first === undefined) return first;
  const takes = bounds.map(
    ({ column, type, expression }) =>
      `(select ${expression} from (select cast(given.id as ${type}) as ${quoted(column)}) as candidate)`,
  );
  const ids = [id, ...candidates].map((each, index) => `(${index}, ${literal(each)})`);
  const { rows } = await session.query(
    `select array[${takes.join(", ")}] as taken from (values ${ids.join(", ")}) as given (number, id) order by number`,
  );
  const [wanted, ...others] = rows.map(({ taken }) => taken as boolean[]);
  const agreeing = others.map((taken) => taken.filter((each, i) => each && wanted![i]).length);
  return candidates[agreeing.indexOf(Math.max(...agreeing))];
}
