import { TenantryError } from "../../core/tenantry-error.js";
import type { Queryable } from "../query.js";
import { refused } from "../session/failures.js";
import { classify } from "../statement/classify.js";
import type { ScopedPgClient } from "./scoped-client.js";

export interface TransactionOptions {
  /** Default: the database's own, `read committed` unless changed. */
  readonly isolation?: (typeof isolationLevels)[number];
  readonly readOnly?: boolean;
}

export interface Transaction extends Queryable {
  /** Runs `work` under a savepoint: when it rejects, only its own statements are undone. */
  savepoint<T>(work: (tx: Transaction) => Promise<T>): Promise<T>;
}

/**
 * BEGIN goes out with the first statement, in one flush; a transaction without statements costs
 * nothing.
 */
export async function runTransaction<T>(
  client: ScopedPgClient,
  work: (tx: Transaction) => Promise<T>,
  options: TransactionOptions = {},
): Promise<T> {
  const query = client.query.bind(client) as Queryable["query"];
  const inside: Queryable["query"] = async (statement, values) => {
    assertInside(typeof statement === "string" ? statement : statement.text);
    return query(statement, values);
  };
  try {
    client.session.deferBegin(beginText(options));
    let result: T;
    try {
      result = await work(transactionOn(inside, { savepoints: 0 }));
    } catch (error) {
      // If even ROLLBACK fails, the release below finds the transaction open and destroys it.
      await query("ROLLBACK").catch(() => undefined);
      throw error;
    }
    await commit(query);
    return result;
  } finally {
    client.release();
  }
}

/** @throws {TenantryError} `STATEMENT_REFUSED`: what follows would run outside of the transaction */
function assertInside(text: unknown): void {
  if (typeof text !== "string") return;
  const { kind } = classify(text);
  if (kind !== "begin" && kind !== "commit" && kind !== "rollback") return;
  throw refused(
    `${kind.toUpperCase()} inside tenantry.db.transaction()`,
    "Return from the callback to commit, throw to roll back, or use tx.savepoint().",
  );
}

function transactionOn(query: Queryable["query"], counter: { savepoints: number }): Transaction {
  return {
    query,
    async savepoint(work) {
      const name = `tenantry_${(counter.savepoints += 1)}`;
      await query(`SAVEPOINT ${name}`);
      try {
        const result = await work(transactionOn(query, counter));
        await query(`RELEASE SAVEPOINT ${name}`);
        return result;
      } catch (error) {
        await query(`ROLLBACK TO SAVEPOINT ${name}`);
        throw error;
      }
    },
  };
}

async function commit(query: Queryable["query"]): Promise<void> {
  const { command } = await query("COMMIT");
  if (command === "COMMIT") return;
  // PostgreSQL answers COMMIT of a failed transaction with ROLLBACK, and no error.
  throw new TenantryError("TRANSACTION_ABORTED", {
    message: "The transaction could not be committed: one of its statements had failed.",
    fix: "Let the failing statement's error leave the transaction's callback, or run it under tx.savepoint().",
  });
}

const isolationLevels = ["read committed", "repeatable read", "serializable"] as const;

function beginText({ isolation, readOnly }: TransactionOptions): string {
  if (isolation !== undefined && !isolationLevels.includes(isolation)) {
    throw new TenantryError("CONFIG_INVALID", {
      message: "Unknown isolation level.",
      fix: `Use one of: ${isolationLevels.join(", ")}.`,
    });
  }
  const level = isolation === undefined ? "" : ` ISOLATION LEVEL ${isolation.toUpperCase()}`;
  return `BEGIN${level}${readOnly ? " READ ONLY" : ""}`;
}
