import { resolveParameters } from "../orm/tenant-parameter.js";
import { refused } from "../session/failures.js";
import type {
  KyselyCompiledQuery,
  KyselyConnection,
  KyselyDriver,
  KyselyPool,
  KyselyQueryCompiler,
} from "./slices.js";

type Scoped = Pick<WeakSet<KyselyCompiledQuery>, "has">;

/** Kysely's driver, which sends what the scoped compiler made, and nothing else. */
export class ScopedDriver implements KyselyDriver {
  readonly #compile: never;

  /**
   * @param compiler writes out the savepoints' names, which are nodes of Kysely's own
   * @param pool takes the statements outside of transactions, where it is given
   */
  constructor(
    readonly driver: KyselyDriver,
    compiler: KyselyQueryCompiler,
    readonly scoped: Scoped,
    readonly pool: KyselyPool | null,
  ) {
    this.#compile = ((node: never, queryId: never) =>
      compiler.compileQuery(node, queryId)) as never;
  }

  init(options?: never): Promise<void> {
    return this.driver.init(options);
  }
  destroy(options?: never): Promise<void> {
    return this.driver.destroy(options);
  }

  async acquireConnection(options?: never): Promise<KyselyConnection> {
    const connection = new ScopedConnection(this, options);
    if (this.pool === null) await connection.open();
    return connection;
  }
  async releaseConnection(connection: ScopedConnection, options?: never): Promise<void> {
    if (connection.inner === null) return;
    await this.driver.releaseConnection(connection.inner as never, options);
  }

  async beginTransaction(connection: ScopedConnection, settings: never): Promise<void> {
    await this.driver.beginTransaction((await connection.open()) as never, settings);
  }
  commitTransaction(connection: ScopedConnection): Promise<void> {
    return this.driver.commitTransaction(connection.inner as never);
  }
  rollbackTransaction(connection: ScopedConnection): Promise<void> {
    return this.driver.rollbackTransaction(connection.inner as never);
  }

  async savepoint(connection: ScopedConnection, name: string): Promise<void> {
    await this.driver.savepoint!(connection.inner as never, name, this.#compile);
  }
  async rollbackToSavepoint(connection: ScopedConnection, name: string): Promise<void> {
    await this.driver.rollbackToSavepoint!(connection.inner as never, name, this.#compile);
  }
  async releaseSavepoint(connection: ScopedConnection, name: string): Promise<void> {
    await this.driver.releaseSavepoint!(connection.inner as never, name, this.#compile);
  }
}

/**
 * A connection that is checked out when one is needed: for a transaction or a stream. A statement
 * alone leaves nothing behind on the scoped pool, so it may go to whichever connection is free.
 * Kysely's ways to cancel a statement are left out: they need a statement that a scope refuses.
 */
class ScopedConnection implements KyselyConnection {
  /** Kysely's own. */
  inner: KyselyConnection | null = null;

  constructor(
    readonly owner: ScopedDriver,
    readonly options: undefined,
  ) {}

  async open(): Promise<KyselyConnection> {
    this.inner ??= await this.owner.driver.acquireConnection(this.options);
    return this.inner;
  }

  async executeQuery(query: never, options?: never): Promise<unknown> {
    const resolved = this.#resolve(query);
    if (this.inner !== null) return this.inner.executeQuery(resolved as never, options);
    const { sql, parameters } = resolved;
    const { command, rowCount, rows } = await this.owner.pool!.query(sql, parameters);
    return writing.has(command) ? { numAffectedRows: BigInt(rowCount ?? 0), rows } : { rows };
  }

  async *streamQuery(
    query: never,
    chunkSize: number,
    options?: never,
  ): AsyncIterableIterator<unknown> {
    const resolved = this.#resolve(query);
    const connection = await this.open();
    yield* connection.streamQuery(resolved as never, chunkSize, options);
  }

  #resolve(query: KyselyCompiledQuery): KyselyCompiledQuery {
    if (!this.owner.scoped.has(query)) {
      throw refused(
        "A statement that was not compiled by this Kysely",
        "Use its query builder, or execute sql`${unscopedSql(reason)} …` through it.",
      );
    }
    const parameters = resolveParameters(query.parameters);
    return parameters === query.parameters ? query : { ...query, parameters };
  }
}

const writing: ReadonlySet<unknown> = new Set(["INSERT", "UPDATE", "DELETE", "MERGE"]);
