/** What Redis does here: it carries short texts from one process to all. */
export interface RedisLink {
  /**
   * Sends a command by the client that was passed. Rejected at once where it would wait for a
   * connection: it would be sent when nobody needs it any more.
   */
  send(command: readonly [name: string, ...args: string[]]): Promise<unknown>;
  /** Opens a connection of its own, for one that listens can do nothing else. */
  listen(
    channels: readonly string[],
    onMessage: (channel: string, text: string) => void,
  ): RedisListener;
}

export interface RedisListener {
  /** Fulfilled once it listens. */
  readonly ready: Promise<unknown>;
  /** Fulfilled at the first sign that the connection is lost. Never rejected. */
  readonly lost: Promise<Error>;
  close(): void;
}
