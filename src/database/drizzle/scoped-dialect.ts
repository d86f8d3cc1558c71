import { refused } from "../session/failures.js";
import { isText, textOf } from "./entities.js";
import type { Needs } from "./judge.js";
import { refusedRaw } from "./raw.js";
import type { Rules } from "./rules.js";
import { scopeInsert, scopeSet } from "./scope-insert.js";
import { scopeDelete, scopeSelect, scopeUpdate } from "./scope-query.js";
import type { Config, DrizzleChunk, DrizzleDialect, DrizzleQuery } from "./slices.js";

/**
 * Scopes a database's dialect: every statement of its builders is made there, relational queries and
 * sub-selects included, and every statement passes `sqlToQuery` before it is sent.
 * @param passed takes up what may be sent
 */
export function scopeDialect(dialect: DrizzleDialect, rules: Rules, passed: WeakSet<object>): void {
  const { judge } = rules;
  const scoped =
    (
      build: (config: Config) => DrizzleChunk,
      scope: (config: Config, rules: Rules) => { config: Config; needs: Needs },
    ) =>
    (given: Config): DrizzleChunk => {
      const { config, needs } = scope(given, rules);
      return judge.trust(build(config), needs);
    };
  const buildUpdateSet = dialect.buildUpdateSet.bind(dialect);
  const sqlToQuery = dialect.sqlToQuery.bind(dialect);
  Object.assign(dialect, {
    buildSelectQuery: scoped(dialect.buildSelectQuery.bind(dialect), scopeSelect),
    buildInsertQuery: scoped(dialect.buildInsertQuery.bind(dialect), scopeInsert),
    buildUpdateQuery: scoped(dialect.buildUpdateQuery.bind(dialect), scopeUpdate),
    buildDeleteQuery: scoped(dialect.buildDeleteQuery.bind(dialect), scopeDelete),
    buildUpdateSet: (table: object, set: Config) =>
      judge.trust(buildUpdateSet(table, scopeSet(table, set, rules))),
    sqlToQuery(sql: DrizzleChunk, source?: unknown): DrizzleQuery {
      assertSendable(sql, rules);
      const query = sqlToQuery(sql, source);
      passed.add(query);
      return query;
    },
  });
}

function assertSendable(sql: DrizzleChunk, { judge }: Rules): void {
  const needs = judge.needsOf(sql);
  if (needs === null) {
    if (judge.isMarked(sql)) return judge.look(sql, new Set());
    if (isTransactionControl(sql)) return;
    throw refusedRaw("it is a statement of its own");
  }
  const [missing] = needs;
  if (missing === undefined) return;
  throw refused(
    `Reading the WITH query ${JSON.stringify(missing)} where it is not defined`,
    "Begin the statement with db.with(…): else a table of that name would be read.",
  );
}

/** What Drizzle itself sends for transactions and savepoints. */
function isTransactionControl(sql: DrizzleChunk): boolean {
  const text = plainText(sql);
  return text !== null && transactionControl.test(text);
}

const modes =
  "(?: isolation level (?:read uncommitted|read committed|repeatable read|serializable))?(?: read only| read write)?(?: not deferrable| deferrable)?";
const transactionControl = new RegExp(
  `^(?:begin ?${modes}|set transaction${modes}|commit|rollback|(?:savepoint|release savepoint|rollback to savepoint) sp\\d{1,4})$`,
);

/** The text of SQL that has nothing but text in it, or null. */
function plainText({ queryChunks }: DrizzleChunk): string | null {
  let text = "";
  for (const chunk of queryChunks) {
    if (chunk === undefined) continue;
    const nested = (chunk as Partial<DrizzleChunk>).queryChunks;
    const part = isText(chunk) ? textOf(chunk) : nested && plainText({ queryChunks: nested });
    if (typeof part !== "string") return null;
    text += part;
  }
  return text;
}
