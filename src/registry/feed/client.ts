/** The slice of a `pg.Client` that the feed uses. */
export interface FeedClient {
  connect(): Promise<unknown>;
  query(text: string, values?: unknown[]): Promise<unknown>;
  on(event: "notification", listener: (message: Notification) => void): unknown;
  on(event: "error", listener: (error: Error) => void): unknown;
  on(event: "end", listener: () => void): unknown;
  end(): Promise<void>;
  /** `pg` has it, undocumented: the only way to be rid of a connection whose peer is silent. */
  readonly connection?: { readonly stream?: { destroy(): unknown } };
}

export interface Notification {
  readonly channel: string;
  readonly payload?: string | undefined;
}

/** How long a connection gets to say goodbye, in milliseconds. */
const farewell = 1_000;

/** Ends a connection without waiting for it, and destroys its socket if it does not end soon. */
export function abandon(client: FeedClient): void {
  const timer = setTimeout(() => client.connection?.stream?.destroy(), farewell);
  void client
    .end()
    .catch(() => undefined)
    .finally(() => clearTimeout(timer));
}
