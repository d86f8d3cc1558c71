import { isTenantryError, TenantryError } from "../../core/tenantry-error.js";
import type { Attempt, Refused, Row } from "./attempt.js";

/** What the prover needs of a connection: one of its own, not a pool. */
export interface ProverConnection {
  query(statement: { readonly text: string; readonly types: typeof asText }): Promise<unknown>;
}

/** Values stay the text that the server sent: canaries are looked for in it. */
const asText = { getTypeParser: () => (value: unknown) => value };

interface Sent {
  readonly rows: readonly Row[];
  readonly rowCount: number | null;
}

/**
 * One connection inside one transaction. Savepoints are opened and rolled back together with the
 * statement that follows, so that a probe costs few round trips.
 */
export class Session {
  readonly #connection: ProverConnection;
  readonly #signal: AbortSignal | undefined;
  #pending: string[] = [];

  constructor(connection: ProverConnection, signal?: AbortSignal) {
    this.#connection = connection;
    this.#signal = signal;
  }

  /** To be sent before the next statement. */
  later(...statements: readonly string[]): void {
    this.#pending.push(...statements);
  }

  /**
   * Sends what is pending and the statements, at once.
   * @returns the result of the last statement
   * @throws what the server answered, or `PROOF_IMPOSSIBLE` where the connection is gone
   */
  async send(...statements: readonly string[]): Promise<Sent> {
    const before = this.#pending;
    this.#pending = [];
    const all = [...before, ...statements];
    if (this.#signal?.aborted === true) throw interrupted();
    return all.length === 0 ? { rows: [], rowCount: 0 } : this.#query(all);
  }

  /** The same inside a savepoint of its own: refused, it has changed nothing. */
  async attempt(before: readonly string[], statement: string): Promise<Attempt> {
    const opening = [...this.#pending, "savepoint attempt", ...before];
    this.#pending = [];
    try {
      const { rows, rowCount } = await this.#query(
        [...opening, statement, "release savepoint attempt"],
        opening.length,
      );
      return { ok: true, rows, count: rowCount ?? rows.length };
    } catch (error) {
      const refused = refusedBy(error);
      await this.#query(["rollback to savepoint attempt", "release savepoint attempt"]);
      return refused;
    }
  }

  /** Sends what is pending. @throws `PROOF_IMPOSSIBLE` where it was interrupted */
  async flush(): Promise<void> {
    await this.send();
  }

  /**
   * Runs `work` on the same connection.
   * @throws what the server answered, or `PROOF_IMPOSSIBLE` where it was interrupted or the connection is gone
   */
  async guarded<T>(work: () => Promise<T>): Promise<T> {
    if (this.#signal?.aborted === true) throw interrupted();
    try {
      return await work();
    } catch (error) {
      if (isServerError(error)) throw error;
      throw lost(error);
    }
  }

  async #query(statements: readonly string[], wanted = statements.length - 1): Promise<Sent> {
    const text = statements.join(";\n");
    const result = await this.guarded(() => this.#connection.query({ text, types: asText }));
    const results = (Array.isArray(result) ? result : [result]) as readonly Sent[];
    return results[wanted] ?? { rows: [], rowCount: 0 };
  }
}

interface ServerError extends Error {
  readonly code: string;
  readonly severity: string;
  readonly detail?: string;
  readonly hint?: string;
  readonly where?: string;
}

function refusedBy(error: unknown): Refused {
  if (!isServerError(error)) throw error;
  const { code, message, detail, hint, where } = error;
  return { ok: false, code, message, detail: [detail, hint, where].filter(Boolean).join("\n") };
}

/** What ends the session (FATAL) is no answer to a statement. */
function isServerError(error: unknown): error is ServerError {
  const { code, severity } = error as Partial<ServerError>;
  return typeof code === "string" && severity === "ERROR";
}

function interrupted(): TenantryError {
  return new TenantryError("PROOF_IMPOSSIBLE", {
    message: "The proof was interrupted.",
    fix: "Nothing was left behind: everything was rolled back.",
  });
}

function lost(cause: unknown): unknown {
  if (isTenantryError(cause)) return cause;
  return new TenantryError("PROOF_IMPOSSIBLE", {
    message: `The connection to the database was lost in the middle: ${(cause as Error).message}.`,
    fix: "Nothing was left behind: the server has rolled the transaction back. Run it again; behind a pooler connect to the server itself.",
    cause,
  });
}
