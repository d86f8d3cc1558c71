import { Redis } from "ioredis";
import { createClient } from "redis";
import type { RedisClient } from "../../../src/identity/authority/index.js";
import { openTcpProxy, type TcpProxy } from "../../registry/tcp-proxy.js";
import { until } from "../../support/until.js";
import type { AuthorityInstance, AuthorityStage, InstanceOptions } from "./authority-stage.js";

export const redisChannel = "tenantry:authority";

/** An authority beside Redis, with something to break each of its connections. */
export interface InstanceOnRedis extends AuthorityInstance {
  readonly client: RedisClient;
  /** Before the database's feed, and before Redis. */
  readonly postgres: TcpProxy;
  readonly redis: TcpProxy;
  readonly clock: { now: number };
  /** "up" or "down" as the events say, each time they did. */
  readonly told: () => string[];
  cutPostgres(): Promise<void>;
}

export interface OnRedisOptions extends InstanceOptions {
  readonly kind?: ClientKind;
  /** Of a clock that stands still, so that nothing gets too old by itself. Default true. */
  readonly stopped?: boolean;
  /** Wait until Redis is up. Default true. */
  readonly redisUp?: boolean;
}

interface Connected {
  readonly client: RedisClient;
  close(): void;
}

export type ClientKind = "ioredis" | "node-redis";

export const connectors: Readonly<
  Record<ClientKind, (url: string, name: string) => Promise<Connected>>
> = {
  async ioredis(url, connectionName) {
    const client = new Redis(url, { connectionName, retryStrategy: () => 50, keyPrefix: "own:" });
    client.on("error", () => undefined);
    return { client, close: () => client.disconnect() };
  },
  async "node-redis"(url, name) {
    const socket = { reconnectStrategy: () => 50 };
    const client = createClient({ url, socket, name }).on("error", () => undefined);
    // Fulfilled only where there is a server: the first tries are nobody's to wait for.
    client.connect().catch(() => undefined);
    return { client, close: () => client.destroy() };
  },
};

/** Places authorities beside Redis, and removes what they need afterwards. */
export interface RedisPlaces {
  instance(options?: OnRedisOptions): Promise<InstanceOnRedis>;
  /** What passes on the channel of this tenant, from now on. */
  overhear(tenantId: string): Promise<string[]>;
  /** Sends on the channel as anybody may. */
  forge(text: string): Promise<unknown>;
  command(...args: string[]): Promise<unknown>;
  close(): Promise<void>;
}

let count = 0;

export function openRedisPlaces(stage: AuthorityStage, url: string): RedisPlaces {
  const closing: (() => unknown)[] = [];
  const plain = new Redis(url);
  const target = new URL(url);
  target.port ||= "6379";

  async function proxy(to: string): Promise<TcpProxy> {
    const opened = await openTcpProxy(to);
    closing.push(() => opened.close());
    return opened;
  }

  return {
    async instance({ kind = "ioredis", stopped = true, redisUp = true, ...options } = {}) {
      const [postgres, redis] = [await proxy(stage.fixture.test.appUrl), await proxy(target.href)];
      const { client, close } = await connectors[kind](redis.url, `tenantry-test-${(count += 1)}`);
      closing.push(close);
      const clock = { now: 0 };
      const made = await stage.instance({
        feedUrl: postgres.url,
        ...(stopped ? { now: () => clock.now } : {}),
        ...options,
        feedOptions: {
          redis: client,
          // A slow machine must not make Redis seem down.
          redisTimes: { pingInterval: 50, timeout: 10_000 },
          ...options.feedOptions,
        },
      });
      const told = () =>
        made.events.flatMap(({ type }) => /^authority\.redis-(.*)/.exec(type)?.[1] ?? []);
      if (redisUp) await until(() => told().at(-1) === "up");
      return {
        ...made,
        ...{ client, postgres, redis, clock, told },
        async cutPostgres() {
          postgres.cut();
          const states = () => made.events.filter(({ type }) => /^authority\.feed-/.test(type));
          await until(() => states().at(-1)?.type === "authority.feed-down");
        },
      };
    },
    async overhear(tenantId) {
      const heard: string[] = [];
      const listener = new Redis(url);
      closing.push(() => listener.disconnect());
      listener.on("message", (_, text) => {
        if (text.includes(tenantId)) heard.push(text);
      });
      await listener.subscribe(redisChannel);
      return heard;
    },
    forge: (text) => plain.publish(redisChannel, text),
    command: (name = "", ...args) => plain.call(name, args),
    async close() {
      await stage.closeInstances();
      for (const close of closing.splice(0).reverse()) await close();
      plain.disconnect();
    },
  };
}
