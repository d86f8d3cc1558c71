import type { FieldDescription } from "../driver.js";
import type { QueryResult, Row, TypeParsers } from "../query.js";

/**
 * Turns the rows of one statement into objects. Made once from the statement's RowDescription and
 * kept with the prepared statement, so that later executions need no Describe.
 */
export class RowReader {
  readonly #names: readonly string[];
  readonly #parsers: readonly ((text: string) => unknown)[];

  constructor(
    readonly fields: readonly FieldDescription[],
    readonly types: TypeParsers,
  ) {
    this.#names = fields.map((field) => field.name);
    this.#parsers = fields.map((field) => types.getTypeParser(field.dataTypeID, field.format));
  }

  /** This reader, or one of the same columns with other type parsers. */
  readingWith(types: TypeParsers): RowReader {
    return types === this.types ? this : new RowReader(this.fields, types);
  }

  asObject(values: readonly (string | null)[]): Row {
    const row: Row = {};
    for (let i = 0; i < values.length; i++) {
      const value = values[i]!;
      const name = this.#names[i]!;
      const read = value === null ? null : this.#parsers[i]!(value);
      // A column may be called __proto__; as plain assignment it would change the row's prototype.
      if (name === "__proto__") Object.defineProperty(row, name, { value: read, enumerable: true });
      else row[name] = read;
    }
    return row;
  }

  asArray(values: readonly (string | null)[]): unknown[] {
    return values.map((value, i) => (value === null ? null : this.#parsers[i]!(value)));
  }
}

export function emptyResult(): QueryResult<unknown> {
  return { command: null, rowCount: null, oid: null, rows: [], fields: [] };
}

const tag = /^([A-Za-z]+)(?: (\d+))?(?: (\d+))?/;

/** Reads a CommandComplete tag such as `INSERT 0 1` or `SELECT 5` into the result, as pg does. */
export function addCommandTag(result: QueryResult<unknown>, text: string): void {
  const [, command, first, second] = tag.exec(text) ?? [];
  if (command === undefined) return;
  result.command = command;
  if (second !== undefined) {
    result.oid = Number(first);
    result.rowCount = Number(second);
  } else if (first !== undefined) {
    result.rowCount = Number(first);
  }
}
