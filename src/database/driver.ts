/**
 * The slice of node-postgres that Tenantry builds on. The caller's own copy is passed in, so that
 * `instanceof` checks in ORMs see the classes they know; its types are not imported.
 */
export interface PgModule {
  readonly Client: (new (config: object) => PgClient) & {
    readonly Query: { readonly prototype: object };
  };
  readonly Pool: new (config: object) => PgPool;
  readonly utils: { prepareValue(value: unknown): unknown };
}

export interface PgClient {
  readonly connection: PgConnection;
  /** Whether queries are written while others are in flight. */
  pipeline: boolean;
  connect(callback: (error?: Error) => void): void;
  query(config: unknown, values?: unknown, callback?: unknown): unknown;
  /** The byte of the last ReadyForQuery: I idle, T in a transaction, E in a failed one. */
  getTransactionStatus(): string | null;
  getTypeParser(typeId: number, format: string): (text: string) => unknown;
  release: (error?: Error | boolean) => void;
  end(callback?: () => void): void | Promise<void>;
  on(event: "error" | "end", listener: (error: Error) => void): unknown;
  removeListener(event: "error" | "end", listener: (error: Error) => void): unknown;
}

export interface PgConnection {
  readonly stream: {
    readonly writable: boolean;
    write(buffer: Uint8Array): boolean;
    cork(): void;
    uncork(): void;
    destroy(): void;
  };
  sendCopyFail(message: string): void;
  sync(): void;
  once(event: "readyForQuery" | "end", listener: () => void): unknown;
  removeListener(event: "readyForQuery" | "end", listener: () => void): unknown;
}

export type ConnectCallback = (
  error: Error | undefined,
  client?: PgClient,
  release?: (error?: Error | boolean) => void,
) => void;

export interface PgPool {
  connect(callback?: ConnectCallback): Promise<PgClient> | undefined;
  query(text: unknown, values?: unknown, callback?: unknown): unknown;
  end(callback?: () => void): Promise<void> | undefined;
  on(event: "error", listener: (error: Error) => void): unknown;
  readonly totalCount: number;
  readonly idleCount: number;
  readonly waitingCount: number;
}

/** One column of a RowDescription message. */
export interface FieldDescription {
  readonly name: string;
  readonly dataTypeID: number;
  readonly format: string;
}

/** An ErrorResponse of the server, as pg raises it. */
export interface ServerError extends Error {
  readonly code: string;
  readonly severity: string;
}

export function isServerError(error: unknown): error is ServerError {
  return (
    error instanceof Error &&
    typeof (error as Partial<ServerError>).severity === "string" &&
    typeof (error as Partial<ServerError>).code === "string"
  );
}
