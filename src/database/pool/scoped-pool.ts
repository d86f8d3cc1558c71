import { AsyncResource } from "node:async_hooks";
import { currentScope } from "../../core/context.js";
import type { EventSink } from "../../core/event.js";
import type { TenantScope } from "../../core/scope.js";
import type { ConnectCallback, PgClient, PgModule, PgPool } from "../driver.js";
import type { Queryable, QueryConfig, QueryResult, Row, Submittable } from "../query.js";
import { checkoutFailure, exhausted, refused } from "../session/failures.js";
import { reportDestroyed, reportFailure } from "../session/report.js";
import type { SessionOptions } from "../session/session.js";
import { classify } from "../statement/classify.js";
import { Carriers, type Carrier } from "./carriers.js";
import { callBack, normalise, scopedClientClass, type ScopedPgClient } from "./scoped-client.js";
import { Timings } from "./timings.js";
import { runTransaction, type Transaction, type TransactionOptions } from "./transaction.js";

/** A connection checked out for one scope. Release it, or use `transaction`. */
export interface ScopedClient extends Queryable {
  query<R = Row>(query: string | QueryConfig, values?: readonly unknown[]): Promise<QueryResult<R>>;
  /** A cursor or stream of pg's, given back as it came. Inside a transaction only. */
  query<S extends Submittable>(cursorOrStream: S): S;
  release(error?: Error | boolean): void;
}

/**
 * The pool that every layer above uses. At run time it is a `pg.Pool` (a subclass of the one passed
 * in), so ORMs take it as one; each statement it sends carries the sealed scope.
 */
export interface ScopedPool extends Queryable {
  connect(): Promise<ScopedClient>;
  /** Runs `work` in one transaction: commits when it resolves, rolls back when it rejects. */
  transaction<T>(work: (tx: Transaction) => Promise<T>, options?: TransactionOptions): Promise<T>;
  end(): Promise<void>;
  /** As pg has them: with the password, so not for logs. */
  readonly options: object;
  readonly totalCount: number;
  readonly idleCount: number;
  readonly waitingCount: number;
}

export interface ScopedPoolOptions extends Omit<SessionOptions, "prepareValue"> {
  /** Options of pg's pool; `max` and `connectionTimeoutMillis` are set. */
  readonly pool: Readonly<Record<string, unknown>>;
  /** Quick statements in flight per connection; 1 turns pipelining off. */
  readonly pipelineDepth: number;
  /** How many callers may wait for a connection. */
  readonly maxWaiting: number;
}

export function createScopedPool(pg: PgModule, options: ScopedPoolOptions): ScopedPool {
  const { maxWaiting, pipelineDepth, pool: poolOptions, ...sessionOptions } = options;

  const { events } = sessionOptions;
  const max = Number(poolOptions["max"]);

  class ScopedPoolImplementation extends pg.Pool implements PgPool {
    readonly #timings = new Timings(quickMilliseconds);
    readonly #carriers = new Carriers(
      pipelineDepth,
      patienceMilliseconds,
      () => this.waitingCount > 0,
    );
    #waitForWhole = 0;

    override connect(callback?: ConnectCallback): Promise<PgClient> | undefined {
      const leased = this.#checkOut();
      if (callback === undefined) return leased;
      const bound = AsyncResource.bind(callback);
      leased.then(
        (client) => bound(undefined, client, client.release),
        (error: unknown) => bound(error as Error, undefined, () => undefined),
      );
      return undefined;
    }

    override query(config: unknown, values?: unknown, callback?: unknown): unknown {
      const done = (typeof values === "function" ? values : callback) as Parameters<
        typeof callBack
      >[1];
      const work = this.#runUnit(config, typeof values === "function" ? undefined : values);
      return done === undefined ? work : void callBack(work, done);
    }

    transaction<T>(
      work: (tx: Transaction) => Promise<T>,
      settings?: TransactionOptions,
    ): Promise<T> {
      return this.#checkOut().then((client) => runTransaction(client, work, settings));
    }

    #runUnit(config: unknown, values: unknown): Promise<QueryResult<unknown>> {
      let scope: TenantScope | null = null;
      try {
        scope = currentScope();
        const query = normalise(config, values);
        return mayShare(query.text) && pipelineDepth > 1
          ? this.#runQuick(query, scope)
          : this.#runAlone(query, scope);
      } catch (error) {
        const failure = error as Error;
        if (scope !== null) reportFailure(events, failure, scope);
        return Promise.reject(failure);
      }
    }

    #runQuick(query: QueryConfig, scope: TenantScope): Promise<QueryResult<unknown>> {
      const expectation = this.#timings.quick(query.text);
      if (expectation === null) return this.#runAlone(query, scope);
      const trip = { query, scope, expected: expectation.average, onTime: this.#onTime(query) };
      const carrier = this.#openCarrier();
      if (carrier !== null) return this.#carriers.run(carrier, trip);
      return this.#checkOut("shared").then((client) =>
        this.#carriers.run(this.#carriers.add(client), trip),
      );
    }

    async #runAlone(query: QueryConfig, scope: TenantScope): Promise<QueryResult<unknown>> {
      const client = await this.#checkOut();
      const startedAt = performance.now();
      try {
        return await client.session.run(query, scope);
      } finally {
        this.#onTime(query)(performance.now() - startedAt);
        client.release();
      }
    }

    #onTime({ text }: QueryConfig): (milliseconds: number) => void {
      return (milliseconds) => this.#timings.record(text, milliseconds);
    }

    /**
     * A carrier to use, or null where there is a connection left to begin another with, or where
     * someone waits for a whole one: carriers that are always given more would never come free.
     */
    #openCarrier(): Carrier | null {
      if (this.#waitForWhole > 0) return null;
      const least = this.#carriers.least();
      if (least === null || least.client.session.inFlight === 0) return least;
      const mayGrow = this.idleCount > 0 || this.totalCount < max;
      return mayGrow ? null : least;
    }

    /** Checks a connection out for the scope that is active now. */
    async #checkOut(use: "whole" | "shared" = "whole"): Promise<ScopedPgClient> {
      const scope = currentScope();
      // Of those in the queue, as many as there are connections free do not really wait.
      const free = this.idleCount + max - this.totalCount;
      if (this.waitingCount - free >= maxWaiting) {
        throw exhausted(`${maxWaiting} callers wait already`);
      }
      const wait = use === "whole" ? 1 : 0;
      this.#waitForWhole += wait;
      try {
        const client = (await super.connect()) as ScopedPgClient;
        lease(client, scope, events);
        return client;
      } catch (error) {
        throw checkoutFailure(error);
      } finally {
        this.#waitForWhole -= wait;
      }
    }
  }

  const Client = scopedClientClass(pg, sessionOptions);
  const pool = new ScopedPoolImplementation({ ...poolOptions, Client });
  pool.on("error", ({ message }) => reportDestroyed(events, `it was lost while idle: ${message}`));
  return pool as unknown as ScopedPool;
}

/** A statement expected to take longer has a connection to itself. */
const quickMilliseconds = 5;
/** A connection busy for longer with one statement takes no further ones. */
const patienceMilliseconds = 10;

/**
 * @throws {TenantryError} `STATEMENT_REFUSED`: on the pool every statement may have another
 * connection, so a transaction cannot span two
 */
function mayShare(text: string): boolean {
  const statement = classify(text);
  switch (statement.kind) {
    case "begin":
    case "commit":
    case "rollback":
      throw refused(
        `${statement.kind.toUpperCase()} on the pool`,
        "Use tenantry.db.transaction(async (tx) => …).",
      );
    case "statement":
      return !statement.taints;
    default:
      return false;
  }
}

function lease(client: ScopedPgClient, scope: TenantScope, events: EventSink): void {
  const release = client.release.bind(client);
  client.session.lease = { scope };
  client.release = (error) => {
    const unfit = client.session.unfit;
    client.session.lease = null;
    if (unfit !== null) reportDestroyed(events, unfit);
    // A truthy argument makes the pool destroy the connection, and with it whatever was left open;
    // release(false) does not say that nothing was.
    release(error || (unfit === null ? undefined : new Error(`Connection destroyed: ${unfit}`)));
  };
}
