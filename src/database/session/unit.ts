import {
  isServerError,
  type FieldDescription,
  type PgConnection,
  type PgModule,
} from "../driver.js";
import type { QueryResult, TypeParsers } from "../query.js";
import { addCommandTag, emptyResult, RowReader } from "../statement/row-reader.js";
import type { PreparedStatement } from "../statement/statement-cache.js";

/** One flush: everything that goes to the server up to one Sync. */
export interface UnitPlan {
  readonly messages: readonly Uint8Array[];
  /** How many statements run before the one whose result is wanted (BEGIN, the scope). */
  readonly statementsBefore: number;
  /** Whose rows are read; null where the last statement has none. */
  readonly statement: PreparedStatement | null;
  readonly rowMode: "object" | "array";
  readonly types: TypeParsers;
  /** Statements whose Parse goes along: on the connection for good once the unit succeeded. */
  readonly parses: readonly PreparedStatement[];
}

/** Called once, when the unit's ReadyForQuery has come or never will. */
export type Settle = (error: Error | null, result?: QueryResult<unknown>) => void;

/**
 * pg's client writes a query while another is in flight ("pipelining") only where it is an
 * `instanceof` its own Query. Units are, in every respect that the client relies on.
 */
export function registerUnit(pg: PgModule): void {
  Object.setPrototypeOf(Unit.prototype, pg.Client.Query.prototype);
}

const held = new WeakSet<PgConnection["stream"]>();

/** Lets all units that are submitted in one turn of the event loop leave in one write: a write costs more than making the message. */
function holdForNeighbours(stream: PgConnection["stream"]): void {
  if (held.has(stream)) return;
  held.add(stream);
  stream.cork();
  process.nextTick(() => {
    held.delete(stream);
    stream.uncork();
  });
}

/**
 * A flush in flight, in the form that pg's client takes (`submit` and the `handle…` methods).
 * It settles at ReadyForQuery and never before: an ErrorResponse comes earlier, and a connection
 * handed on at that moment would still be in the failed transaction. A deferred constraint, too,
 * fails only at Sync.
 */
export class Unit {
  /** pg's client wraps this where a query_timeout is set. */
  callback: Settle;
  readonly #result = emptyResult();
  #completed = 0;
  #reader: RowReader | null;
  #failure: Error | null = null;

  constructor(
    readonly plan: UnitPlan,
    settle: Settle,
  ) {
    this.callback = settle;
    this.#reader = plan.statement?.reader?.readingWith(plan.types) ?? null;
  }

  submit(connection: PgConnection): Error | null {
    const { stream } = connection;
    if (!stream.writable) return null;
    holdForNeighbours(stream);
    stream.write(Buffer.concat(this.plan.messages));
    return null;
  }

  handleRowDescription(message: { fields: readonly FieldDescription[] }): void {
    const { statement, types } = this.plan;
    this.#reader = new RowReader(message.fields, types);
    if (statement !== null) statement.reader = this.#reader;
  }

  handleDataRow(message: { fields: readonly (string | null)[] }): void {
    if (this.#completed !== this.plan.statementsBefore || this.#failure !== null) return;
    try {
      const reader = this.#reader!;
      this.#result.rows.push(
        this.plan.rowMode === "array"
          ? reader.asArray(message.fields)
          : reader.asObject(message.fields),
      );
    } catch (error) {
      this.#failure = error as Error;
    }
  }

  handleCommandComplete(message: { text: string }): void {
    if (this.#completed === this.plan.statementsBefore) addCommandTag(this.#result, message.text);
    this.#completed += 1;
  }

  handleEmptyQuery(): void {
    this.#completed += 1;
  }

  handlePortalSuspended(): void {
    // Execute asks for all rows, so a portal is never suspended.
  }

  handleCopyInResponse(connection: PgConnection): void {
    connection.sendCopyFail("COPY is not available in a scope");
    connection.sync(); // the first Sync was swallowed by copy mode
  }

  handleCopyData(): void {
    // COPY TO STDOUT is refused before it is sent.
  }

  handleError(error: Error, connection: PgConnection): void {
    if (!isServerError(error)) return this.#fail(error);
    const settle = (): void => {
      connection.removeListener("readyForQuery", settle);
      connection.removeListener("end", settle);
      this.#fail(error);
    };
    connection.once("readyForQuery", settle);
    connection.once("end", settle);
  }

  handleReadyForQuery(): void {
    if (this.#failure !== null) return this.#fail(this.#failure);
    const { statement, parses, types } = this.plan;
    for (const parsed of parses) if (parsed.name !== "") parsed.state = "ready";
    // No RowDescription came: the statement returns no rows. Later executions need not ask again.
    if (statement !== null) statement.reader ??= new RowReader([], types);
    this.#result.fields = this.#reader?.fields ?? [];
    this.callback(null, this.#result);
  }

  #fail(error: Error): void {
    this.callback(error);
  }
}
