import { RateLimiterPostgres } from "rate-limiter-flexible";
import { runDetached } from "../../core/context.js";
import { invalid } from "../check.js";
import type { RateBackend } from "./contract.js";
import { counting } from "./counting.js";

/** The slice of pg's Pool. */
export interface PostgresPool {
  query(query: { text: string; values?: unknown[]; name?: string }): Promise<{
    readonly rows: unknown[];
    readonly rowCount: number | null;
  }>;
}

export interface PostgresTable {
  /** Default `rate_limit`. */
  readonly table?: string;
  /** Default `public`. */
  readonly schema?: string;
}

/**
 * Counts in a table that you make (docs/limits.md has the SQL). The pool is a plain `pg.Pool` with a
 * login of its own, which reaches that table and nothing else; never `tenantry.db`, whose statements
 * are one tenant's. Rows an hour past their window are removed every five minutes.
 * @throws {TenantryError} `CONFIG_INVALID`
 */
export function onPostgres(
  pool: PostgresPool,
  { table = "rate_limit", schema = "public" }: PostgresTable = {},
): RateBackend {
  checkPool(pool);
  for (const name of [table, schema]) checkIdentifier(name);
  return {
    remote: true,
    open(settings) {
      // In no context: it starts the timer that removes old rows.
      const limiter = runDetached(
        () =>
          new RateLimiterPostgres({
            storeClient: pool,
            storeType: "pool",
            schemaName: schema,
            tableName: table,
            // The login may not create tables, and nobody's does it unseen.
            tableCreated: true,
            keyPrefix: settings.prefix,
            points: 0,
            duration: settings.duration,
          }),
      );
      return counting(limiter, settings);
    },
  };
}

function checkPool(pool: unknown): void {
  const { query, transaction } = (pool ?? {}) as { query?: unknown; transaction?: unknown };
  if (typeof query === "function" && transaction === undefined) return;
  throw invalid(
    typeof query === "function"
      ? "onPostgres was given the scoped pool, or something that looks like it."
      : "onPostgres was given no pool of pg.",
    "Pass a new pg.Pool with the login that only counts; see docs/limits.md.",
  );
}

/** The library puts names into its statements between double quotes. */
function checkIdentifier(name: unknown): void {
  if (typeof name === "string" && /^[a-z_][a-z0-9_]{0,62}$/.test(name)) return;
  throw invalid(
    "The `table` or `schema` of onPostgres is not a plain name.",
    "Pass lower-case letters, digits and underscores, 63 at most.",
  );
}
