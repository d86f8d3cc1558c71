import { invalid, readTenantTables } from "../orm/tenant-tables.js";
import { columnOf, isKind, tableName } from "./entities.js";
import { Judge } from "./judge.js";
import { Rules } from "./rules.js";
import { scopeDatabase } from "./scoped-database.js";
import { scopeDialect } from "./scoped-dialect.js";
import type { DrizzleDatabase, DrizzleInternals, DrizzleSqlTag } from "./slices.js";

export interface DrizzleTenancyOptions {
  /** `sql` of drizzle-orm. */
  readonly sql: DrizzleSqlTag;
  /** Tables of `pgTable()` whose rows belong to one tenant each. */
  readonly tables: readonly object[];
  /** Tables that all tenants share. Default none. A table in neither list is refused. */
  readonly global?: readonly object[];
  /** The property of every tenant table that is its tenant column. Default `tenantId`. */
  readonly column?: string;
}

/**
 * Puts the tenant on every statement of a Drizzle database, in place, and returns it:
 * `const db = drizzleTenancy(drizzle({ client: tenantry.db, schema }), { sql, tables: [project] })`.
 *
 * Adds `tenant_id = <the active scope's tenant>` for every tenant table, relational queries included,
 * fills it on insert, and refuses raw SQL that may name tables, unless `unscopedSql` names it.
 * @throws {TenantryError} `CONFIG_INVALID`; each statement: `STATEMENT_REFUSED`, `SCOPE_REQUIRED`
 */
export function drizzleTenancy<D extends DrizzleDatabase>(
  db: D,
  options: DrizzleTenancyOptions,
): D {
  const internals = db as unknown as DrizzleInternals;
  assertDatabase(internals);
  const { sql } = options;
  if (typeof sql !== "function" || typeof sql.placeholder !== "function") {
    throw invalid("drizzleTenancy: sql is not Drizzle's.", 'import { sql } from "drizzle-orm".');
  }
  const column = options.column ?? "tenantId";
  const tables = readTenantTables("drizzleTenancy", {
    tables: names(options.tables),
    global: names(options.global ?? []),
    column,
  });
  for (const table of options.tables) {
    if (columnOf(table, column) === undefined) {
      throw invalid(
        `drizzleTenancy: table ${tableName(table)} has no property ${column}.`,
        'Declare it: tenantId: uuid("tenant_id").',
      );
    }
  }
  const rules = new Rules(sql, tables, new Judge());
  const passed = new WeakSet();
  scopeDialect(internals.dialect, rules, passed);
  scopeDatabase(internals, rules, passed, new WeakSet());
  return db;
}

const scopedDatabases = new WeakSet();

function assertDatabase(db: DrizzleInternals): void {
  if (!isKind(db, "PgDatabase") || typeof db.dialect?.buildSelectQuery !== "function") {
    throw invalid(
      "drizzleTenancy: this is no database of drizzle-orm/node-postgres.",
      "Pass what drizzle({ client: tenantry.db }) returns.",
    );
  }
  if (scopedDatabases.has(db)) {
    throw invalid("drizzleTenancy: this database is scoped already.", "Call it once.");
  }
  if (db.session.cache !== undefined && !isKind(db.session.cache, "NoopCache")) {
    throw invalid(
      "drizzleTenancy: the database has a cache, whose entries know no tenant.",
      "Leave out cache, and cache answers by tenant yourself.",
    );
  }
  scopedDatabases.add(db);
}

function names(tables: unknown): readonly string[] {
  if (!Array.isArray(tables)) throw invalid("drizzleTenancy: no list of tables.", "Pass an array.");
  return (tables as unknown[]).map((table) => {
    if (isKind(table, "Table")) return tableName(table as object);
    throw invalid("drizzleTenancy: what is listed is no table.", "List tables of pgTable().");
  });
}
