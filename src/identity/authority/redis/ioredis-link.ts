import type { RedisLink } from "./contract.js";

/** The slice of ioredis that is used of a connection that listens. */
export interface IoredisListener {
  connect(): Promise<unknown>;
  subscribe(...channels: string[]): Promise<unknown>;
  on(event: "message", listener: (channel: string, text: string) => void): unknown;
  on(event: "error", listener: (error: Error) => void): unknown;
  on(event: "close", listener: () => void): unknown;
  disconnect(): void;
}

/** The slice of ioredis (5 or 6, `Redis`) that is used. */
export interface IoredisClient {
  readonly status: string;
  call(command: string, args: string[]): Promise<unknown>;
  duplicate(override: { lazyConnect: boolean }): IoredisListener;
}

/** In these a command would wait for a reconnection. */
const waiting = new Set(["reconnecting", "close", "end", "disconnecting"]);

export function ioredisLink(client: IoredisClient): RedisLink {
  return {
    async send([name, ...args]) {
      if (waiting.has(client.status)) throw new Error("the client has no connection");
      return client.call(name, args);
    },
    listen(channels, onMessage) {
      const own = client.duplicate({ lazyConnect: true });
      own.on("message", onMessage);
      const lost = new Promise<Error>((resolve) => {
        own.on("error", resolve);
        own.on("close", () => resolve(new Error("the connection was closed")));
      });
      return {
        ready: own.connect().then(() => own.subscribe(...channels)),
        lost,
        close: () => own.disconnect(),
      };
    },
  };
}
