import { emitEvent, type EventSink } from "../core/event.js";
import type { KeyRing } from "../core/seal/key-ring.js";
import { TenantryError } from "../core/tenantry-error.js";
import type { PgClient, PgModule, PgPool } from "./driver.js";
import { createScopedPool, type ScopedPool } from "./pool/scoped-pool.js";
import { createSealSource } from "../core/seal/seal-source.js";

export interface OpenDatabaseOptions {
  readonly url: string;
  readonly operatorUrl: string | undefined;
  readonly listenUrl?: string;
  readonly maxConnections?: number;
  readonly connectionTimeout?: number;
  readonly maxWaiting?: number;
  readonly preparedStatements?: number | "unnamed";
  readonly pipelineDepth?: number;
  readonly sealLifetime?: number;
  readonly pg?: unknown;
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
  const connectionTimeoutMillis = wholeNumber(
    "connectionTimeout",
    options.connectionTimeout ?? 5000,
    1,
    600_000,
  );
  const plainPool = (url: string, max: number, which: string): PlainPool => {
    const pool = new pg.Pool({
      connectionString: url,
      max,
      connectionTimeoutMillis,
      allowExitOnIdle: true,
    });
    pool.on("error", lost(which));
    return pool as PlainPool;
  };

  const plain = plainPool(options.url, 2, "registry");
  const operator =
    options.operatorUrl === undefined ? undefined : plainPool(options.operatorUrl, 3, "operator");
  const scoped = createScopedPool(pg, {
    seals: createSealSource(options.keys, "database", {
      lifetimeSeconds: wholeNumber("sealLifetime", options.sealLifetime ?? 60, 2, 3600),
    }),
    preparedStatements:
      options.preparedStatements === "unnamed"
        ? 0
        : wholeNumber("preparedStatements", options.preparedStatements ?? 200, 1, 10_000),
    pipelineDepth: wholeNumber("pipelineDepth", options.pipelineDepth ?? 8, 1, 64),
    maxWaiting: wholeNumber("maxWaiting", options.maxWaiting ?? 1000, 0, 100_000),
    pool: {
      connectionString: options.url,
      max: wholeNumber("maxConnections", options.maxConnections ?? 10, 1, 1000),
      connectionTimeoutMillis,
      allowExitOnIdle: true,
    },
    onConnectionLost: lost("scoped"),
  });
  return {
    scoped,
    plain,
    operator,
    newListenClient: () =>
      new pg.Client({
        connectionString: options.listenUrl ?? options.url,
        connectionTimeoutMillis,
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

function wholeNumber(name: string, value: number, least: number, most: number): number {
  if (Number.isInteger(value) && value >= least && value <= most) return value;
  throw new TenantryError("CONFIG_INVALID", {
    message: `\`database.${name}\` is ${value}.`,
    fix: `Pass a whole number from ${least} to ${most}.`,
  });
}
