import { columnsIn } from "./checks.js";
import type { Assignment } from "./evaluate.js";
import type { TableShape } from "./shape.js";
import type { Unique } from "./uniques.js";
import { parseExpression } from "../../sql/parse.js";

type Stored = Readonly<Record<string, string | null>>;

/** Rows that seeding itself stored, which a further row must not equal in a unique index. */
export class Rivals {
  private readonly uniques: readonly Unique[];
  /** For each unique index what a change of could help. */
  readonly columns: readonly ReadonlySet<string>[];
  private readonly partial: readonly Unique[];

  constructor(
    shape: TableShape,
    private readonly stored: readonly Stored[],
  ) {
    this.uniques = shape.uniques.filter(({ opaque }) => !opaque);
    this.partial = shape.uniques.filter(({ predicate }) => predicate !== null);
    this.columns = this.uniques.map(
      ({ columns, predicate }) =>
        new Set([...columns, ...(predicate === null ? [] : columnsIn(parseExpression(predicate)))]),
    );
  }

  /**
   * The unique indexes in which the row meets a stored one.
   * @param covered whether each partial index covers the row
   */
  met(row: Assignment, covered: readonly boolean[]): number[] {
    return this.uniques.flatMap((unique, index) => {
      const part = this.partial.indexOf(unique);
      if (part >= 0 && covered[part] === false) return [];
      // Of a stored row it is not known here whether a partial index covers it: then it is taken to.
      return this.stored.some((stored) => equal(unique, row, stored)) ? [index] : [];
    });
  }
}

function equal(unique: Unique, row: Assignment, stored: Stored): boolean {
  return unique.columns.every((column) => {
    const value = row.get(column);
    if (value === null) return unique.nullsNotDistinct && stored[column] === null;
    return typeof value === "string" && value === stored[column];
  });
}
