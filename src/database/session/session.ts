import type { EventSink } from "../../core/event.js";
import type { TenantScope } from "../../core/scope.js";
import { TenantryError } from "../../core/tenantry-error.js";
import { isServerError, type PgClient } from "../driver.js";
import type { QueryConfig, QueryResult } from "../query.js";
import type { SealSource } from "../../core/seal/seal-source.js";
import { classify } from "../statement/classify.js";
import { isPlainBegin, leadingWords } from "../statement/leading-words.js";
import { StatementCache, type PreparedStatement } from "../statement/statement-cache.js";
import {
  fromDatabase,
  isConnectionFailure,
  isLostStatement,
  isStalePlan,
  refused,
} from "./failures.js";
import { reportFailure } from "./report.js";
import { Unit, type Settle, type UnitPlan } from "./unit.js";
import {
  bareStatement,
  bindAndExecute,
  close,
  executeScope,
  prepare,
  scopeStatement,
  sync,
} from "./wire.js";

export interface SessionOptions {
  readonly events: EventSink;
  readonly seals: SealSource;
  /** Named statements kept per connection; 0 for poolers that know none. */
  readonly preparedStatements: number;
  readonly prepareValue: (value: unknown) => unknown;
}

/** `deferred`: BEGIN is due with the first statement. `failed`: only ROLLBACK is accepted. */
type TransactionState = "idle" | "deferred" | "open" | "failed";

/** For whom a connection is checked out. */
export interface Lease {
  readonly scope: TenantScope;
}

/**
 * One connection's way to the server. Everything that is sent passes `run`, which puts the sealed
 * scope in front: so nothing can leave unscoped.
 */
export class Session {
  /** Set while the connection is checked out; null while it carries units of many callers. */
  lease: Lease | null = null;
  readonly #statements: StatementCache;
  readonly #scope: PreparedStatement;
  #transaction: TransactionState = "idle";
  /** BEGIN, and the SET TRANSACTION that must reach the server before the scope does. */
  #deferred: readonly string[] = [];
  /** Why the connection may not be used again, or null. */
  #unfit: string | null = null;
  #leftOpen: TenantryError | null = null;
  #inFlight = 0;

  constructor(
    readonly client: PgClient,
    readonly send: (unit: Unit) => void,
    readonly options: SessionOptions,
  ) {
    this.#statements = new StatementCache(options.preparedStatements);
    this.#scope = scopeStatement(options.preparedStatements > 0);
  }

  /** What happened on the connection that it should not be used any further for, or null. */
  get defect(): string | null {
    return this.#unfit;
  }

  /** Why the connection must be destroyed if it is released now, or null. */
  get unfit(): string | null {
    if (this.#unfit !== null) return this.#unfit;
    if (this.#inFlight > 0) return "it was released while a statement was running";
    return this.#transaction === "idle" ? null : "it was released with a transaction open";
  }

  /** True where BEGIN and the scope have reached the server. */
  get inOpenTransaction(): boolean {
    return this.#transaction === "open";
  }

  markUnfit(why: string): void {
    this.#unfit ??= why;
  }

  get inFlight(): number {
    return this.#inFlight;
  }

  /** Sends a BEGIN that was put off, ahead of something that does not pass `start`. */
  sendDeferredBegin(scope: TenantScope): void {
    if (this.#transaction !== "deferred") return;
    // Should it fail, what comes behind finds no scope, and the database refuses that.
    this.#flush(this.#plan(null, "deferred", scope), () => undefined);
  }

  /** Puts BEGIN off, to the flush of the first statement. */
  deferBegin(text: string): void {
    this.#transaction = "deferred";
    this.#deferred = [text];
  }

  /**
   * Sends one statement under `scope`.
   * @throws {TenantryError} `STATEMENT_REFUSED`, `DATABASE_SCOPE_REFUSED`, `TRANSACTION_LEFT_OPEN`,
   * `DATABASE_UNAVAILABLE`; the server's own errors pass through as pg raises them
   */
  run(query: QueryConfig, scope: TenantScope): Promise<QueryResult<unknown>> {
    return new Promise((resolve, reject) => {
      this.start(query, scope, (error, result) => {
        if (error === null) resolve(result!);
        else reject(error);
      });
    });
  }

  /** `run` without a promise, which in an asynchronous context costs more than one would think. */
  start(query: QueryConfig, scope: TenantScope, done: Settle): void {
    const fail = (error: Error): void => {
      const failure = fromDatabase(error);
      reportFailure(this.options.events, failure, scope);
      done(failure);
    };
    this.#attempt(query, scope, (error, result) => {
      if (error === null) return done(null, result);
      // Nothing was done yet: the server looks at name and plan at Bind, before anything runs.
      if (!this.#prepareAnew(query.text, error) || this.#transaction !== "idle") {
        return fail(error);
      }
      this.#attempt(query, scope, (again, retried) => {
        if (again === null) done(null, retried);
        else fail(again);
      });
    });
  }

  /** True where the error was that of a statement which now will be prepared anew. */
  #prepareAnew(text: string, error: Error): boolean {
    if (isStalePlan(error)) {
      this.#statements.renew(text);
      return true;
    }
    if (!isLostStatement(error)) return false;
    this.#statements.distrust();
    if (this.#scope.state === "ready") this.#scope.state = "uncertain";
    return true;
  }

  #attempt(query: QueryConfig, scope: TenantScope, done: Settle): void {
    let plan: UnitPlan | null;
    try {
      plan = this.#admit(query, scope);
    } catch (error) {
      return done(error as Error);
    }
    if (plan === null) done(null, unsent(query.text));
    else this.#flush(plan, done);
  }

  /** What to send, or null where there is nothing to. */
  #admit(query: QueryConfig, scope: TenantScope): UnitPlan | null {
    const kind = classify(query.text);
    const before = this.#transaction;
    switch (kind.kind) {
      case "refused":
        throw refused(kind.what, kind.fix);
      case "inTransaction":
        if (before === "idle") {
          throw refused(kind.what, "It has a meaning only inside tenantry.db.transaction().");
        }
        if (before !== "deferred" || kind.what !== "SET TRANSACTION") break;
        // PostgreSQL takes an isolation level before the first query only, and the scope is one.
        this.#deferred = [...this.#deferred, query.text];
        return null;
      case "statement":
        if (kind.taints) this.#taint();
        break;
      case "begin":
        if (before !== "idle") break;
        this.deferBegin(query.text);
        // One that says more may be refused, which its sender is to hear at once.
        return isPlainBegin(query.text) ? null : this.#plan(null, "deferred", scope);
      case "commit":
      case "rollback":
        this.#transaction = "idle";
        if (before === "deferred") return null;
    }
    return this.#plan(query, before, scope);
  }

  /**
   * The connection is destroyed after such a statement. Behind a pooler that would not help: the
   * server's side of it goes to the next client as it is.
   */
  #taint(): void {
    if (this.options.preparedStatements === 0) {
      throw refused(
        "A statement that may leave something on the session, behind a pooler,",
        "Use SET LOCAL inside tenantry.db.transaction(), or pg_advisory_xact_lock().",
      );
    }
    this.markUnfit("its statement may have left something on the session");
  }

  /** Whatever is due before `query`, and the query; null sends what is due alone. */
  #plan(query: QueryConfig | null, before: TransactionState, scope: TenantScope): UnitPlan {
    const statement = query === null ? null : this.#statements.get(query.text);
    // Bound before any state changes: a value that cannot be bound throws here.
    const body = statement === null ? [] : this.#body(statement, query?.values ?? []);

    const messages: Uint8Array[] = this.#statements.takeClosed().map(close);
    const parses: PreparedStatement[] = [];
    let statementsBefore = 0;
    const enter = before === "deferred" ? this.#deferred : null;
    if (enter !== null) {
      messages.push(...enter.flatMap(bareStatement));
      this.#transaction = "open";
      statementsBefore += enter.length;
    }
    if (enter !== null || before === "idle") {
      const seal = this.options.seals.sealFor(scope.tenant.id);
      if (this.#scope.state !== "ready") parses.push(this.#scope);
      messages.push(...prepare(this.#scope), executeScope(this.#scope, seal));
      statementsBefore += 1;
    }
    if (statement === null) {
      statementsBefore = 0; // BEGIN's own answer is what is wanted
    } else {
      if (statement.state !== "ready") parses.push(statement);
      messages.push(...prepare(statement), ...body);
    }
    messages.push(sync);
    for (const parsed of parses) if (parsed.name !== "") parsed.state = "uncertain";
    const { types = this.client, rowMode = "object" } = query ?? {};
    return { messages, statementsBefore, statement, rowMode, types, parses };
  }

  #body(statement: PreparedStatement, values: readonly unknown[]): Uint8Array[] {
    const describe = statement.reader === null;
    return bindAndExecute(statement, values, this.options.prepareValue, describe);
  }

  #flush(plan: UnitPlan, done: Settle): void {
    const idleAfter = this.#transaction === "idle";
    this.#inFlight += 1;
    const unit = new Unit(plan, (error, result) => {
      this.#inFlight -= 1;
      if (error !== null && !isServerError(error)) this.markUnfit("it failed");
      done(this.#verdict(idleAfter, error), result);
    });
    this.send(unit);
  }

  /**
   * Looks at the status that the unit left behind, before anyone learns of its result. Units behind
   * it in the pipeline would have run inside a transaction that no one commits, so they fail too.
   */
  #verdict(idleAfter: boolean, error: Error | null): Error | null {
    if (this.#leftOpen !== null) return this.#leftOpen;
    // Where the connection is gone, the last status heard is not what this unit left behind.
    if (error !== null && (isConnectionFailure(error) || !this.client.connection.stream.writable)) {
      return error;
    }
    const status = this.client.getTransactionStatus();
    if (idleAfter && status !== "I") return (this.#leftOpen = this.#breakOff(error));
    // With more in flight, what was planned last says more than the status of a middle.
    if (this.#inFlight === 0) {
      this.#transaction = status === "I" ? "idle" : status === "T" ? "open" : "failed";
    }
    return error;
  }

  #breakOff(cause: Error | null): TenantryError {
    this.#unfit = "a statement left a transaction open";
    this.client.connection.stream.destroy();
    return new TenantryError("TRANSACTION_LEFT_OPEN", {
      message: "A statement left a transaction open on a pooled connection; its work was undone.",
      fix: "Use tenantry.db.transaction(async (tx) => …).",
      cause: cause ?? undefined,
    });
  }
}

/** The answer to what is not sent now: a BEGIN, what belongs to it, and the end of one never sent. */
function unsent(text: string): QueryResult<unknown> {
  const [command = null] = leadingWords(text, 1);
  return { command, rowCount: null, oid: null, rows: [], fields: [] };
}
