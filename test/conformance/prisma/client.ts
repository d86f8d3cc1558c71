/**
 * The slice of the generated client that the tests use. Its own types are there only once it was
 * generated; typing.test.ts checks against those.
 */
export type Row = Readonly<Record<string, unknown>>;

export interface Delegate {
  findUnique(args: object): Promise<Row | null>;
  findUniqueOrThrow(args: object): Promise<Row>;
  findFirst(args?: object): Promise<Row | null>;
  findFirstOrThrow(args?: object): Promise<Row>;
  findMany(args?: object): Promise<Row[]>;
  count(args?: object): Promise<number>;
  aggregate(args: object): Promise<Row>;
  groupBy(args: object): Promise<Row[]>;
  create(args: object): Promise<Row>;
  createMany(args: object): Promise<{ count: number }>;
  createManyAndReturn(args: object): Promise<Row[]>;
  update(args: object): Promise<Row>;
  updateMany(args: object): Promise<{ count: number }>;
  updateManyAndReturn(args: object): Promise<Row[]>;
  upsert(args: object): Promise<Row>;
  delete(args: object): Promise<Row>;
  deleteMany(args?: object): Promise<{ count: number }>;
}

export interface Models {
  readonly country: Delegate;
  readonly project: Delegate;
  readonly task: Delegate;
  readonly label: Delegate;
  readonly customer: Delegate;
  readonly badge: Delegate;
  readonly memo: Delegate;
  $queryRaw(text: TemplateStringsArray, ...values: unknown[]): Promise<Row[]>;
  $queryRawUnsafe(text: string, ...values: unknown[]): Promise<Row[]>;
  $executeRaw(text: TemplateStringsArray, ...values: unknown[]): Promise<number>;
  $executeRawUnsafe(text: string, ...values: unknown[]): Promise<number>;
}

export interface TransactionSettings {
  readonly isolationLevel?: string;
  readonly timeout?: number;
}

export interface Transacting extends Models {
  $transaction<T>(
    work: (tx: Transacting) => Promise<T>,
    settings?: TransactionSettings,
  ): Promise<T>;
}

export interface Client extends Transacting {
  $transaction<T>(
    work: (tx: Transacting) => Promise<T>,
    settings?: TransactionSettings,
  ): Promise<T>;
  $transaction(
    work: readonly Promise<unknown>[],
    settings?: TransactionSettings,
  ): Promise<unknown[]>;
  $extends(extension: unknown): Client;
  $disconnect(): Promise<void>;
}
