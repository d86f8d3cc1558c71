import { checkWhole } from "../core/check-whole.js";

/** What tells us the type of the caller's pools: its own `pg`, whose types are not ours to import. */
export interface PgWithPool<Pool> {
  readonly Pool: new (...given: never[]) => Pool;
}

export interface DatabaseOptions<Pool = unknown> {
  readonly url: string;
  /** Default 10. */
  readonly maxConnections?: number;
  /** Milliseconds a caller waits for a connection before `POOL_EXHAUSTED`. Default 5000. */
  readonly connectionTimeout?: number;
  /**
   * Milliseconds a statement may take before it is given up and its connection destroyed, default
   * 30 000; 0 for no limit. The server may work on: set `statement_timeout` for the role as well.
   */
  readonly queryTimeout?: number;
  /** Callers that may wait for a connection; one more is answered at once. Default 1000. */
  readonly maxWaiting?: number;
  /**
   * Prepared statements kept per connection, default 200. `"unnamed"` where a pooler in transaction
   * mode knows no prepared statements (PgBouncer before 1.21).
   */
  readonly preparedStatements?: number | "unnamed";
  /** Quick statements that may be in flight on one connection. Default 8; 1 turns it off. */
  readonly pipelineDepth?: number;
  /** Seconds a seal is good for, 2 to 3600. Default 60; a stolen one is good for that long. */
  readonly sealLifetime?: number;
  /**
   * A direct connection for LISTEN, where `url` goes through a pooler in transaction mode; without
   * it such an app learns of registry changes within a second instead of at once.
   */
  readonly listenUrl?: string;
  /**
   * Your own `pg`, where an ORM must see its classes; `tenantry.db` then has the type of its `Pool`,
   * too. Default: Tenantry's.
   */
  readonly pg?: PgWithPool<Pool>;
}

/** `DatabaseOptions` with every default filled in and every bound checked. */
export interface DatabaseSettings {
  readonly maxConnections: number;
  readonly connectionTimeout: number;
  readonly queryTimeout: number;
  readonly maxWaiting: number;
  /** 0 stands for unnamed statements. */
  readonly preparedStatements: number;
  readonly pipelineDepth: number;
  readonly sealLifetime: number;
}

type Bounds = readonly [byDefault: number, least: number, most: number];

const bounds: Readonly<Record<keyof DatabaseSettings, Bounds>> = {
  maxConnections: [10, 1, 1000],
  connectionTimeout: [5000, 1, 600_000],
  queryTimeout: [30_000, 0, 86_400_000],
  maxWaiting: [1000, 0, 100_000],
  preparedStatements: [200, 1, 10_000],
  pipelineDepth: [8, 1, 64],
  sealLifetime: [60, 2, 3600],
};

/** @throws {TenantryError} `CONFIG_INVALID` */
export function databaseSettings(options: DatabaseOptions): DatabaseSettings {
  const unnamed = options.preparedStatements === "unnamed";
  const given: Record<string, unknown> = { ...options };
  if (unnamed) delete given["preparedStatements"];
  const settings = Object.fromEntries(
    Object.entries(bounds).map(([name, [byDefault, least, most]]) => [
      name,
      given[name] === undefined
        ? byDefault
        : checkWhole(`\`database.${name}\``, given[name], least, most),
    ]),
  ) as unknown as DatabaseSettings;
  return unnamed ? { ...settings, preparedStatements: 0 } : settings;
}
