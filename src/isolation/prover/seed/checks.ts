import type { Oid } from "../../catalog/catalog.js";
import type { Relation } from "../../catalog/relation.js";
import { parseExpression, type Node } from "../../sql/parse.js";
import { walk, wordsOf } from "../../sql/walk.js";
import type { SeedSession } from "./contract.js";

/** What every row of a table must be true of, or unknown. */
export interface RowCheck {
  readonly name: string;
  /** SQL over the table's columns. */
  readonly expression: string;
  readonly columns: ReadonlySet<string>;
  readonly tree: Node | undefined;
}

/** The CHECKs of tables, and of partitions what their bounds ask. */
export async function readChecks(
  session: SeedSession,
  relations: readonly Relation[],
): Promise<ReadonlyMap<Oid, readonly RowCheck[]>> {
  const partitions = relations.filter(({ isPartition }) => isPartition).map(({ oid }) => oid);
  const { rows } = await session.query(
    `select r::bigint::float8 as oid, pg_catalog.pg_get_partition_constraintdef(r) as bound
     from pg_catalog.unnest($1::oid[]) r`,
    [partitions],
  );
  const bounds = new Map(rows.map(({ oid, bound }) => [oid as Oid, bound as string | null]));
  return new Map(
    relations.map((relation) => {
      const checks = relation.constraints
        .filter(({ kind, enforced }) => kind === "check" && enforced)
        .map(({ name, expression }) => rowCheck(name, expression ?? "true"));
      const bound = bounds.get(relation.oid);
      if (bound != null) checks.push(rowCheck("the partition's bounds", bound));
      return [relation.oid, checks];
    }),
  );
}

function rowCheck(name: string, expression: string): RowCheck {
  const tree = parseExpression(expression);
  return { name, expression, tree, columns: new Set(columnsIn(tree)) };
}

/** The columns that an expression over one table names. */
export function columnsIn(tree: Node | undefined): string[] {
  const columns: string[] = [];
  walk(tree, (kind, value) => {
    if (kind === "ColumnRef") columns.push(wordsOf(value.fields as Node[]).at(-1) ?? "");
    return undefined;
  });
  return columns;
}
