import { LRUCache } from "lru-cache";
import type { RowReader } from "./row-reader.js";

/** A statement as one connection knows it. */
export interface PreparedStatement {
  /** Empty for an unnamed one, which is parsed anew each time. */
  readonly name: string;
  readonly text: string;
  /**
   * `absent`: Parse is due. `uncertain`: a Parse was sent and something failed, so Close comes first.
   * `ready`: Bind is enough.
   */
  state: "absent" | "uncertain" | "ready";
  /** Null until the first Describe was answered. */
  reader: RowReader | null;
}

/** The named statements of one connection, bounded: the least recently used is closed. */
export class StatementCache {
  readonly #statements: LRUCache<string, PreparedStatement>;
  readonly #toClose: string[] = [];
  /** How often a text was prepared anew; see `renew`. */
  readonly #revisions = new LRUCache<string, number>({ max: 100 });
  #count = 0;

  constructor(readonly limit: number) {
    this.#statements = new LRUCache({
      max: Math.max(limit, 1),
      dispose: (statement, _text, reason) => {
        if (reason === "evict" && statement.state !== "absent") this.#toClose.push(statement.name);
      },
    });
  }

  /** With a limit of 0 every statement is unnamed: for poolers that know no prepared statements. */
  get(text: string): PreparedStatement {
    if (this.limit === 0) return { name: "", text, state: "absent", reader: null };
    let statement = this.#statements.get(text);
    if (statement === undefined) {
      statement = {
        name: `tenantry_${(this.#count += 1)}`,
        text: this.#revised(text),
        state: "absent",
        reader: null,
      };
      this.#statements.set(text, statement);
    }
    return statement;
  }

  /**
   * Forgets a statement whose plan the server no longer accepts. The next Parse carries a comment
   * with a revision: PgBouncer (1.21 and later) keys prepared statements by their text and would
   * hand out the stale one again.
   */
  renew(text: string): void {
    const statement = this.#statements.get(text);
    if (statement === undefined) return;
    this.#toClose.push(statement.name);
    this.#statements.delete(text);
    this.#revisions.set(text, (this.#revisions.get(text) ?? 0) + 1);
  }

  /** After something else deallocated statements: each is closed and parsed anew at its next use. */
  distrust(): void {
    for (const statement of this.#statements.values()) {
      if (statement.state === "ready") statement.state = "uncertain";
    }
  }

  /** Names whose Close is due; the caller sends them. */
  takeClosed(): readonly string[] {
    return this.#toClose.length === 0 ? none : this.#toClose.splice(0);
  }

  get size(): number {
    return this.#statements.size;
  }

  #revised(text: string): string {
    const revision = this.#revisions.get(text);
    return revision === undefined ? text : `${text}\n/* tenantry: prepared anew ${revision} */`;
  }
}

const none: readonly string[] = [];
