import { resolveParameters } from "../orm/tenant-parameter.js";
import { invalid, readTenantTables, type TenantTableOptions } from "../orm/tenant-tables.js";
import { refused } from "../session/failures.js";
import type { Node } from "./nodes.js";
import { scopeStatement } from "./scope-query.js";
import type {
  KyselyCompiledQuery,
  KyselyConnection,
  KyselyDialect,
  KyselyDriver,
  KyselyQueryCompiler,
} from "./slices.js";

export interface KyselyTenancyOptions<D extends KyselyDialect> extends TenantTableOptions {
  /** Kysely's own, over the scoped pool: `new PostgresDialect({ pool: tenantry.db })`. */
  readonly dialect: D;
}

/**
 * Kysely's dialect with the tenant on every statement: `new Kysely({ dialect: kyselyTenancy({ … }) })`.
 * Adds `tenant_id = <the active scope's tenant>` for every tenant table, fills it on insert, and
 * refuses raw SQL that may name tables, unless `unscopedSql` names it.
 *
 * A dialect and no plugin, because it comes after all plugins, `withoutPlugins()` does not remove it,
 * and it sees what was compiled elsewhere before it is sent.
 * @throws {TenantryError} `CONFIG_INVALID`; each statement: `STATEMENT_REFUSED`, `SCOPE_REQUIRED`
 */
export function kyselyTenancy<D extends KyselyDialect>(
  options: KyselyTenancyOptions<D>,
): Pick<D, keyof KyselyDialect> {
  const { dialect } = options;
  if (typeof dialect?.createQueryCompiler !== "function") {
    throw invalid("kyselyTenancy: dialect is no dialect.", "Pass a PostgresDialect of Kysely's.");
  }
  const tables = readTenantTables("kyselyTenancy", options);
  const scoped = new WeakSet<KyselyCompiledQuery>();
  const compiler = (inner: KyselyQueryCompiler): KyselyQueryCompiler => ({
    compileQuery(node, queryId) {
      const compiled = inner.compileQuery(scopeStatement(node, tables) as never, queryId);
      scoped.add(compiled);
      return compiled;
    },
  });
  const scopedDialect: KyselyDialect = {
    createAdapter: () => dialect.createAdapter(),
    createIntrospector: (db) => dialect.createIntrospector(db),
    createQueryCompiler: () => compiler(dialect.createQueryCompiler()),
    createDriver: () => scopedDriver(dialect.createDriver(), dialect.createQueryCompiler(), scoped),
  };
  return scopedDialect;
}

/** Savepoints are named by nodes of Kysely's own, which the compiler without a scope writes out. */
function scopedDriver(
  driver: KyselyDriver,
  compiler: KyselyQueryCompiler,
  scoped: WeakSet<KyselyCompiledQuery>,
): KyselyDriver {
  const connections = new WeakMap<KyselyConnection, KyselyConnection>();
  const inner = (connection: KyselyConnection): never => connections.get(connection) as never;
  const compile = ((node: Node, queryId: unknown) =>
    compiler.compileQuery(node as never, queryId as never)) as never;
  return {
    init: (options) => driver.init(options),
    destroy: (options) => driver.destroy(options),
    async acquireConnection(options) {
      const connection = await driver.acquireConnection(options);
      const wrapped = scopedConnection(connection, scoped);
      connections.set(wrapped, connection);
      return wrapped;
    },
    releaseConnection: (connection, options) =>
      driver.releaseConnection(inner(connection), options),
    beginTransaction: (connection, settings) =>
      driver.beginTransaction(inner(connection), settings),
    commitTransaction: (connection) => driver.commitTransaction(inner(connection)),
    rollbackTransaction: (connection) => driver.rollbackTransaction(inner(connection)),
    savepoint: async (connection, name) => driver.savepoint!(inner(connection), name, compile),
    rollbackToSavepoint: async (connection, name) =>
      driver.rollbackToSavepoint!(inner(connection), name, compile),
    releaseSavepoint: async (connection, name) =>
      driver.releaseSavepoint!(inner(connection), name, compile),
  };
}

/**
 * Sends what the scoped compiler made, and nothing else. Kysely's ways to cancel a statement are left
 * out: they need a statement that a scope refuses.
 */
function scopedConnection(
  connection: KyselyConnection,
  scoped: WeakSet<KyselyCompiledQuery>,
): KyselyConnection {
  const resolved = (query: KyselyCompiledQuery): never => {
    if (!scoped.has(query)) {
      throw refused(
        "A statement that was not compiled by this Kysely",
        "Use its query builder, or execute sql`${unscopedSql(reason)} …` through it.",
      );
    }
    const parameters = resolveParameters(query.parameters);
    return (parameters === query.parameters ? query : { ...query, parameters }) as never;
  };
  return {
    executeQuery: async (query, options) => connection.executeQuery(resolved(query), options),
    streamQuery: (query, size, options) => connection.streamQuery(resolved(query), size, options),
  };
}
