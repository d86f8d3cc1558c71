import { AsyncResource } from "node:async_hooks";
import { currentScope } from "../../core/context.js";
import { TenantryError } from "../../core/tenantry-error.js";
import type { PgClient, PgModule } from "../driver.js";
import type { QueryConfig, QueryResult, Submittable } from "../query.js";
import { Session, type Lease, type SessionOptions } from "../session/session.js";
import { registerUnit, type Unit } from "../session/unit.js";
import { refused } from "../session/failures.js";

export interface ScopedPgClient extends PgClient {
  readonly session: Session;
}

type Callback = (error: unknown, result?: QueryResult<unknown>) => void;

/**
 * A pg Client whose every statement goes out under its lease's scope. The pool makes only clients
 * of this class, so none of its connections can be used unscoped.
 */
export function scopedClientClass(
  pg: PgModule,
  options: Omit<SessionOptions, "prepareValue">,
): new (config: object) => ScopedPgClient {
  registerUnit(pg);
  const prepareValue = (value: unknown): unknown => pg.utils.prepareValue(value);
  return class ScopedClient extends pg.Client implements ScopedPgClient {
    readonly session: Session;

    constructor(config: object) {
      super(config);
      const send = (unit: Unit): void => void super.query(unit);
      this.session = new Session(this, send, { ...options, prepareValue });
      // Without a listener, a connection lost while checked out would end the process.
      this.on("error", () => this.session.markUnfit("the connection was lost"));
    }

    override query(config: unknown, values?: unknown, callback?: unknown): unknown {
      if (isSubmittable(config)) return this.#submit(config, values, callback);
      const done = (typeof values === "function" ? values : callback) as Callback | undefined;
      const work = runLeased(
        this.session,
        config,
        typeof values === "function" ? undefined : values,
      );
      return done === undefined ? work : void callBack(work, done);
    }

    /** Cursors and streams of pg's own protocol: only where the scope is already set. */
    #submit(submittable: Submittable, values: unknown, callback: unknown): unknown {
      const { scope } = assertLeased(this.session);
      this.session.sendDeferredBegin(scope);
      if (!this.session.inOpenTransaction) {
        throw refused(
          "A cursor or stream outside of a transaction",
          "Open it on the client inside BEGIN … COMMIT, or in tenantry.db.transaction().",
        );
      }
      return super.query(submittable, values, callback);
    }
  };
}

async function runLeased(
  session: Session,
  config: unknown,
  values: unknown,
): Promise<QueryResult<unknown>> {
  const { scope } = assertLeased(session);
  return session.run(normalise(config, values), scope);
}

/** @throws {TenantryError} `SCOPE_REQUIRED`, `SCOPE_CHANGED` */
function assertLeased(session: Session): Lease {
  const tenantId = currentScope().tenant.id;
  const leased = session.lease?.scope.tenant.id;
  if (session.lease !== null && leased === tenantId) return session.lease;
  throw new TenantryError("SCOPE_CHANGED", {
    message:
      leased === undefined
        ? "A connection was used after its release."
        : `A connection checked out for tenant ${leased} was used in the scope of tenant ${tenantId}.`,
    fix: "Check a connection out, use it and release it within one scope.",
  });
}

/** @throws {TenantryError} `STATEMENT_REFUSED` for what is no text with values */
export function normalise(config: unknown, values: unknown): QueryConfig {
  if (isSubmittable(config)) {
    throw refused("A cursor or stream on the pool", "Use it inside tenantry.db.transaction().");
  }
  const query = (typeof config === "string" ? { text: config } : config) as QueryConfig | null;
  if (query === null || typeof query !== "object" || typeof query.text !== "string") {
    throw refused("A query without a text", "Pass query(text, values) or query({ text, values }).");
  }
  const given = values ?? query.values;
  if (given !== undefined && !Array.isArray(given)) {
    throw refused("A query whose values are not an array", "Pass the values as an array.");
  }
  return given === query.values ? query : { ...query, values: given as unknown[] };
}

/**
 * Answers a callback in the caller's own asynchronous context: pg calls back from the socket's,
 * which is another request's about half the time.
 */
export function callBack(work: Promise<QueryResult<unknown>>, callback: Callback): void {
  const bound = AsyncResource.bind(callback);
  work.then(
    (result) => bound(null, result),
    (error: unknown) => bound(error),
  );
}

export function isSubmittable(config: unknown): config is Submittable {
  return typeof (config as Partial<Submittable> | null)?.submit === "function";
}
