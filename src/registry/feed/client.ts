import { within } from "../within.js";

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

/** How long a connection gets to say goodbye, and to stop listening before that. Milliseconds. */
const farewell = 1_000;
const lastWords = farewell / 2;

/**
 * Ends a connection without waiting for it, and destroys its socket if it does not end soon. One
 * that listened says UNLISTEN first: behind a pooler it goes on to others as it is. In transaction
 * mode that may reach another connection than the LISTEN did; then one is left that costs little.
 */
export function abandon(client: FeedClient, { listened }: { listened: boolean }): void {
  const timer = setTimeout(() => client.connection?.stream?.destroy(), farewell);
  const ready = listened
    ? within(lastWords, "UNLISTEN", client.query("unlisten *")).catch(() => undefined)
    : Promise.resolve();
  void ready
    .then(() => client.end())
    .catch(() => undefined)
    .finally(() => clearTimeout(timer));
}
