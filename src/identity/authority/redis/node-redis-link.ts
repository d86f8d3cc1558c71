import type { RedisLink } from "./contract.js";

/** The slice of node-redis that is used of a connection that listens. */
export interface NodeRedisListener {
  readonly isOpen: boolean;
  connect(): Promise<unknown>;
  subscribe(
    channels: string[],
    listener: (text: string, channel: string) => unknown,
  ): Promise<unknown>;
  on(event: "error", listener: (error: Error) => void): unknown;
  on(event: "end", listener: () => void): unknown;
  destroy(): void;
}

/** The slice of node-redis (the package `redis`, 5 or 6, `createClient`) that is used. */
export interface NodeRedisClient {
  readonly isReady: boolean;
  sendCommand(args: string[]): Promise<unknown>;
  duplicate(): NodeRedisListener;
}

export function nodeRedisLink(client: NodeRedisClient): RedisLink {
  return {
    async send(command) {
      if (!client.isReady) throw new Error("the client has no connection");
      return client.sendCommand([...command]);
    },
    listen(channels, onMessage) {
      const own = client.duplicate();
      const lost = new Promise<Error>((resolve) => {
        own.on("error", resolve);
        own.on("end", () => resolve(new Error("the connection was closed")));
      });
      const hear = (text: string, channel: string): void => onMessage(channel, text);
      return {
        ready: own.connect().then(() => own.subscribe([...channels], hear)),
        lost,
        close() {
          // It throws where it is closed already.
          if (own.isOpen) own.destroy();
        },
      };
    },
  };
}
