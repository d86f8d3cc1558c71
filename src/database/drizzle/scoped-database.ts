import { refused } from "../session/failures.js";
import { isKind } from "./entities.js";
import { refusedUndefined, type Needs } from "./judge.js";
import { refusedRaw } from "./raw.js";
import type { Rules } from "./rules.js";
import type {
  Config,
  DrizzleInternals,
  DrizzleQuery,
  DrizzleSession,
  PreparedQuery,
  RelationalBuilder,
} from "./slices.js";

/** A database, or a transaction on it: both have a session, and both count. */
export function scopeDatabase(
  db: DrizzleInternals,
  rules: Rules,
  passed: WeakSet<object>,
  sessions: WeakSet<DrizzleSession>,
): void {
  const inTransaction =
    (work: (tx: DrizzleInternals) => unknown) =>
    (tx: DrizzleInternals): unknown => {
      scopeDatabase(tx, rules, passed, sessions);
      return work(tx);
    };
  const transaction = db.transaction.bind(db);
  const count = db.$count.bind(db);
  Object.assign(db, {
    transaction: (work: (tx: DrizzleInternals) => unknown, ...rest: unknown[]) =>
      transaction(inTransaction(work), ...rest),
    $count: (...given: [unknown, unknown?]) => scopedCount(count, rules, given),
  });
  for (const builder of Object.values(db.query)) watchFilters(builder);
  // Transactions inside a transaction share its session.
  if (sessions.has(db.session)) return;
  sessions.add(db.session);
  const prepareQuery = db.session.prepareQuery.bind(db.session);
  Object.assign(db.session, {
    prepareQuery(query: DrizzleQuery, ...rest: unknown[]): PreparedQuery {
      if (!passed.has(query)) throw refusedRaw("it did not come by this database's builders");
      return withTenant(prepareQuery(query, ...rest), query, rules);
    },
  });
}

/** The tenant is put in when the statement is executed, however long ago it was prepared. */
function withTenant(prepared: PreparedQuery, query: DrizzleQuery, rules: Rules): PreparedQuery {
  const tenant = rules.valuesOf(query);
  if (tenant === null) return prepared;
  const execute = prepared.execute.bind(prepared);
  const all = prepared.all.bind(prepared);
  return Object.assign(prepared, {
    execute: (values?: object, ...rest: unknown[]) => execute({ ...values, ...tenant() }, ...rest),
    all: (values?: object) => all({ ...values, ...tenant() }),
  });
}

function scopedCount(
  count: (source: unknown, filters?: unknown) => object,
  rules: Rules,
  given: readonly [unknown, unknown?],
): object {
  const [source, filters] = given;
  if (given.length > 1 && filters === undefined) throw refusedUndefined();
  if (!isKind(source, "Table")) {
    throw refused("Counting what is no table", "Use select({ n: count() }).from(…).");
  }
  const needs: Needs = new Set();
  rules.judge.look(filters, needs);
  const condition = rules.conditionOf(source, needs);
  if (needs.size > 0) throw refused("Counting with a WITH query", "Use select({ n: count() }).");
  const counted = count(source, rules.allOf(filters, condition === null ? [] : [condition]));
  rules.judge.trust((counted as { sql: object }).sql);
  return rules.judge.trust(counted);
}

/** A relational query names its filter always, so only here an undefined one can be told. */
function watchFilters(builder: RelationalBuilder): void {
  const findMany = builder.findMany.bind(builder);
  const findFirst = builder.findFirst.bind(builder);
  Object.assign(builder, {
    findMany: (config?: Config) => findMany(watched(config)),
    findFirst: (config?: Config) => findFirst(watched(config)),
  });
}

function watched<T>(config: T): T {
  if (typeof config !== "object" || config === null) return config;
  const { where, with: relations } = config as Config;
  const copy: Record<string, unknown> = { ...(config as Config) };
  if ("where" in config && where === undefined) throw refusedUndefined();
  if (typeof where === "function") {
    copy["where"] = (...given: unknown[]): unknown => {
      const filter: unknown = Reflect.apply(where, undefined, given);
      if (filter === undefined) throw refusedUndefined();
      return filter;
    };
  }
  if (typeof relations === "object" && relations !== null) {
    const entries = Object.entries(relations as Config).map(([name, nested]) => [
      name,
      watched(nested),
    ]);
    copy["with"] = Object.fromEntries(entries);
  }
  return copy as T;
}
