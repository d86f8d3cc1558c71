import { literal, quoted } from "../../catalog/names.js";
import type { Column } from "../../catalog/relation.js";
import { parseExpression } from "../../sql/parse.js";
import { rehearse } from "./attempt.js";
import { columnsIn } from "./checks.js";
import type { Batched } from "./batched.js";
import type { TableShape } from "./shape.js";

/** A text, null, or SQL that the server makes a value of. */
export type Value = string | null | { readonly sql: string };
export type Assignment = ReadonlyMap<string, Value>;

/** Rows that one statement judges. */
const batch = 150;

/** Asks the server whether rows that are not there yet would pass a table's conditions. */
export class Evaluator {
  /** Conditions as SQL that is never null. */
  private readonly conditions: readonly string[];
  private readonly columns: readonly Column[];
  private readonly generated: readonly Column[];

  constructor(
    private readonly session: Batched,
    shape: TableShape,
  ) {
    const predicates = shape.uniques.flatMap(({ predicate }) => predicate ?? []);
    this.conditions = [
      ...shape.checks.map(({ expression }) => `coalesce((${expression})::boolean, true)`),
      ...predicates.map((predicate) => `coalesce((${predicate})::boolean, false)`),
    ];
    const used = new Set([
      ...shape.checks.flatMap(({ columns }) => [...columns]),
      ...predicates.flatMap((predicate) => columnsIn(parseExpression(predicate))),
    ]);
    this.generated = shape.relation.columns.filter(
      ({ name, generated }) => generated !== "" && used.has(name),
    );
    for (const column of this.generated) for (const name of sourcesOf(column)) used.add(name);
    this.columns = shape.relation.columns.filter(
      ({ name, generated }) => generated === "" && used.has(name),
    );
  }

  /** For each row what is true of it: the CHECKs in their order, then the predicates of unique indexes. */
  async judge(rows: readonly Assignment[]): Promise<boolean[][]> {
    if (this.conditions.length === 0) return rows.map(() => []);
    const verdicts: boolean[][] = [];
    for (let start = 0; start < rows.length; start += batch) {
      verdicts.push(...(await this.judgeBatch(rows.slice(start, start + batch))));
    }
    return verdicts;
  }

  /** Rows of one key are judged alike. */
  keyOf(row: Assignment): string {
    return this.columns.map(({ name }) => JSON.stringify(row.get(name))).join();
  }

  /** One row that cannot be judged spoils the statement: then each is asked alone. */
  private async judgeBatch(rows: readonly Assignment[]): Promise<boolean[][]> {
    const outcome = await rehearse(this.session, () =>
      this.session.query(this.statement(rows, this.conditions)),
    );
    if ("value" in outcome) return outcome.value.rows.map(({ verdict }) => verdict as boolean[]);
    if (rows.length === 1) return [await this.judgeSingly(rows[0]!)];
    const half = Math.ceil(rows.length / 2);
    return [
      ...(await this.judgeBatch(rows.slice(0, half))),
      ...(await this.judgeBatch(rows.slice(half))),
    ];
  }

  /** A condition that fails on the row is not met; one that cannot be asked this way is left to the insert. */
  private async judgeSingly(row: Assignment): Promise<boolean[]> {
    const verdicts: boolean[] = [];
    for (const condition of this.conditions) {
      const outcome = await rehearse(this.session, () =>
        this.session.query(this.statement([row], [condition])),
      );
      verdicts.push(
        "value" in outcome
          ? (outcome.value.rows[0]!.verdict as boolean[])[0]!
          : outcome.refusal.code.startsWith("42"),
      );
    }
    return verdicts;
  }

  private statement(rows: readonly Assignment[], conditions: readonly string[]): string {
    const values = rows.map((row, index) => {
      const cells = this.columns.map(
        (column) => `cast(${cell(row.get(column.name), column)} as ${column.type})`,
      );
      return `(${[index, ...cells].join(", ")})`;
    });
    const names = ["tenantry_number", ...this.columns.map(({ name }) => quoted(name))];
    const generated = this.generated.map(
      (column) => `, (${column.default})::${column.type} as ${quoted(column.name)}`,
    );
    return `select array[${conditions.join(", ")}] as verdict from (
        select given.*${generated.join("")} from (values ${values.join(", ")}) as given (${names.join(", ")})
      ) as candidate order by tenantry_number`;
  }
}

/** The columns that a generated one is made of. */
export const sourcesOf = (column: Column) => columnsIn(parseExpression(column.default ?? "null"));

function cell(value: Value | undefined, column: Column): string {
  if (value === undefined)
    return column.default === null || column.default.includes("nextval(") ? "null" : column.default;
  return expressionOf(value);
}

export function expressionOf(value: Value): string {
  if (value === null) return "null";
  return typeof value === "string" ? literal(value) : `(${value.sql})`;
}
