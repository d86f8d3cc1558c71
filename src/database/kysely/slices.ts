/** The slice of Kysely that is used. Its node objects are told apart by `kind` alone. */
export interface KyselyNode {
  readonly kind: string;
}

export interface KyselyCompiledQuery {
  readonly sql: string;
  readonly parameters: readonly unknown[];
}

export interface KyselyQueryCompiler {
  compileQuery(node: never, queryId: never): KyselyCompiledQuery;
}

export interface KyselyConnection {
  executeQuery(query: never, options?: never): Promise<unknown>;
  streamQuery(query: never, chunkSize: number, options?: never): AsyncIterableIterator<unknown>;
}

export interface KyselyDriver {
  init(options?: never): Promise<void>;
  acquireConnection(options?: never): Promise<KyselyConnection>;
  beginTransaction(connection: never, settings: never): Promise<void>;
  commitTransaction(connection: never): Promise<void>;
  rollbackTransaction(connection: never): Promise<void>;
  savepoint?(connection: never, name: string, compile: never): Promise<void>;
  rollbackToSavepoint?(connection: never, name: string, compile: never): Promise<void>;
  releaseSavepoint?(connection: never, name: string, compile: never): Promise<void>;
  releaseConnection(connection: never, options?: never): Promise<void>;
  destroy(options?: never): Promise<void>;
}

/** Fits `tenantry.db`. */
export interface KyselyPool {
  query(text: string, values?: readonly unknown[]): Promise<KyselyPoolResult>;
}

export interface KyselyPoolResult {
  readonly command: string | null;
  readonly rowCount: number | null;
  readonly rows: readonly unknown[];
}

/** Fits Kysely's `Dialect`. */
export interface KyselyDialect {
  createDriver(): KyselyDriver;
  createQueryCompiler(): KyselyQueryCompiler;
  createAdapter(): unknown;
  createIntrospector(db: never): unknown;
}
