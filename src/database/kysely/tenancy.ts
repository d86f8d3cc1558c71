import { invalid, readTenantTables, type TenantTableOptions } from "../orm/tenant-tables.js";
import { scopeStatement } from "./scope-query.js";
import { ScopedDriver } from "./scoped-driver.js";
import type {
  KyselyCompiledQuery,
  KyselyDialect,
  KyselyPool,
  KyselyQueryCompiler,
} from "./slices.js";

export interface KyselyTenancyOptions<D extends KyselyDialect> extends TenantTableOptions {
  /** Kysely's own, over the scoped pool: `new PostgresDialect({ pool: tenantry.db })`. */
  readonly dialect: D;
  /**
   * The scoped pool, `tenantry.db`: statements outside of transactions then go straight to it, which
   * shares connections between quick ones. Default none: each takes a connection to itself.
   */
  readonly pool?: KyselyPool;
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
  const { dialect, pool } = options;
  if (typeof dialect?.createQueryCompiler !== "function") {
    throw invalid("kyselyTenancy: dialect is no dialect.", "Pass a PostgresDialect of Kysely's.");
  }
  if (pool !== undefined && typeof pool?.query !== "function") {
    throw invalid("kyselyTenancy: pool is no pool.", "Pass tenantry.db, or leave it out.");
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
    createDriver: () => {
      const plain = dialect.createQueryCompiler();
      return new ScopedDriver(dialect.createDriver(), plain, scoped, pool ?? null);
    },
  };
  return scopedDialect;
}
