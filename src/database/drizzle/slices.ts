/** The slice of Drizzle that is used. Its objects are told apart by the kind that they bear. */
export interface DrizzleChunk {
  readonly queryChunks: readonly unknown[];
}

/** `sql` of drizzle-orm. */
export interface DrizzleSqlTag {
  (strings: TemplateStringsArray, ...chunks: unknown[]): DrizzleChunk;
  join(chunks: never[], separator?: never): DrizzleChunk;
  placeholder(name: string): object;
}

/** Fits a database of `drizzle-orm/node-postgres`. */
export interface DrizzleDatabase {
  readonly query: object;
  execute: unknown;
  transaction: unknown;
  $count: unknown;
}

/** A statement that is being built, by its parts. */
export type Config = Readonly<Record<string, unknown>>;

/** What is behind a database's public side, and in it the one place that all statements pass. */
export interface DrizzleInternals {
  readonly dialect: DrizzleDialect;
  readonly session: DrizzleSession;
  readonly query: Record<string, RelationalBuilder>;
  $count(source: unknown, filters?: unknown): object;
  transaction(work: (tx: DrizzleInternals) => unknown, ...rest: unknown[]): unknown;
}

export interface DrizzleDialect {
  buildSelectQuery(config: Config): DrizzleChunk;
  buildInsertQuery(config: Config): DrizzleChunk;
  buildUpdateQuery(config: Config): DrizzleChunk;
  buildDeleteQuery(config: Config): DrizzleChunk;
  buildUpdateSet(table: object, set: Config): DrizzleChunk;
  sqlToQuery(sql: DrizzleChunk, source?: unknown): DrizzleQuery;
}

export interface DrizzleQuery {
  readonly params: readonly unknown[];
}

export interface DrizzleSession {
  readonly cache?: unknown;
  prepareQuery(query: DrizzleQuery, ...rest: unknown[]): PreparedQuery;
  transaction(work: (tx: DrizzleInternals) => unknown, ...rest: unknown[]): unknown;
}

export interface PreparedQuery {
  execute(values?: object, ...rest: unknown[]): unknown;
  all(values?: object): unknown;
}

export interface RelationalBuilder {
  findMany(config?: Config): unknown;
  findFirst(config?: Config): unknown;
}
