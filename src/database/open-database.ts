import { emitEvent, type EventSink } from "../core/event.js";
import type { KeyRing } from "../core/seal/key-ring.js";
import { TenantryError } from "../core/tenantry-error.js";
import type { PgClient, PgModule, PgPool } from "./driver.js";
import { databaseSettings, type DatabaseOptions } from "./options.js";
import { createScopedPool, type ScopedPool } from "./pool/scoped-pool.js";
import { createSealSource } from "../core/seal/seal-source.js";

export interface OpenDatabaseOptions extends DatabaseOptions {
  readonly operatorUrl: string | undefined;
  /** Connections of `plain`. Default 2: look-ups are cached, and each is quick. */
  readonly plainConnections?: number;
  /** The `pg` to use where the caller passed none. */
  readonly defaultPg: unknown;
  readonly keys: KeyRing;
  readonly events: EventSink;
}

type PlainPool = PgPool & {
  query(text: string, values?: unknown[]): Promise<{ rows: readonly unknown[] }>;
};

/** The connections of one application. Only `scoped` is for application code. */
export interface Database {
  readonly scoped: ScopedPool;
  /** The app role without a scope: reaches no tenant's row. For the registry and the self-check. */
  readonly plain: PlainPool;
  readonly operator: PlainPool | undefined;
  readonly newListenClient: () => ListenClient;
  close(): Promise<void>;
}

type ListenClient = PgClient & {
  connect(): Promise<unknown>;
  query(text: string, values?: unknown[]): Promise<unknown>;
  on(
    event: "notification",
    listener: (message: { channel: string; payload?: string | undefined }) => void,
  ): unknown;
  on(event: "error", listener: (error: Error) => void): unknown;
  on(event: "end", listener: () => void): unknown;
  end(): Promise<void>;
};

/** @throws {TenantryError} `CONFIG_INVALID` */
export function openDatabase(options: OpenDatabaseOptions): Database {
  const pg = checkDriver(options.pg ?? options.defaultPg);
  const lost = (which: string) => (error: Error) =>
    emitEvent(options.events, {
      type: "connection.destroyed",
      severity: "warning",
      message: `An idle ${which} connection was lost: ${error.message}`,
    });
  const settings = databaseSettings(options);
  const connection = {
    connectionTimeoutMillis: settings.connectionTimeout,
    keepAlive: true,
    allowExitOnIdle: true,
  };
  const plainPool = (which: string, poolOptions: object): PlainPool => {
    const pool = new pg.Pool({ ...connection, ...poolOptions });
    pool.on("error", lost(which));
    return pool as PlainPool;
  };

  // A look-up that hangs must not keep one of the two connections for ever.
  const lookup = {
    connectionString: options.url,
    max: options.plainConnections ?? 2,
    query_timeout: 5000,
  };
  const plain = plainPool("registry", lookup);
  const operator =
    options.operatorUrl === undefined
      ? undefined
      : plainPool("operator", { connectionString: options.operatorUrl, max: 3 });
  const scoped = createScopedPool(pg, {
    ...settings,
    seals: createSealSource(options.keys, "database", { lifetimeSeconds: settings.sealLifetime }),
    pool: {
      ...connection,
      connectionString: options.url,
      max: settings.maxConnections,
      ...(settings.queryTimeout === 0 ? {} : { query_timeout: settings.queryTimeout }),
    },
    events: options.events,
  });
  return {
    scoped,
    plain,
    operator,
    newListenClient: () =>
      new pg.Client({
        connectionString: options.listenUrl ?? options.url,
        connectionTimeoutMillis: settings.connectionTimeout,
        keepAlive: true,
      }) as ListenClient,
    async close() {
      await Promise.all([scoped.end(), plain.end(), operator?.end()]);
    },
  };
}

function checkDriver(pg: unknown): PgModule {
  const { Client, Pool, utils } = (pg ?? {}) as Partial<PgModule>;
  const { getTransactionStatus } = (Client?.prototype ?? {}) as Partial<PgClient>;
  if (
    typeof Pool === "function" &&
    utils?.prepareValue !== undefined &&
    getTransactionStatus !== undefined
  ) {
    return pg as PgModule;
  }
  throw new TenantryError("CONFIG_INVALID", {
    message: "`database.pg` is not a node-postgres that Tenantry can build on.",
    fix: 'Pass the default export of "pg" 8.23 or later (not its native variant), or leave it out.',
  });
}
