import { RateLimiterRedis } from "rate-limiter-flexible";
import { invalid } from "../check.js";
import type { RateBackend } from "./contract.js";
import { counting } from "./counting.js";

/** The slice of ioredis, or its Cluster. */
export interface IoRedisClient {
  readonly status: string;
  defineCommand(name: string, definition: { numberOfKeys?: number; lua: string }): void;
}

/** The slice of node-redis 4 or later. */
export interface NodeRedisClient {
  readonly isReady: boolean;
  eval(script: string, options: { keys: string[]; arguments: string[] }): Promise<unknown>;
}

export type RedisClient = IoRedisClient | NodeRedisClient;

/**
 * Counts in Redis, in one script per request. The client is yours: connect it, listen to its errors
 * and close it. While it is not connected the limit is unavailable at once; nothing waits in its
 * queue. An eviction policy other than `noeviction` may take counters away.
 * @throws {TenantryError} `CONFIG_INVALID`
 */
export function onRedis(client: RedisClient): RateBackend {
  const kind = kindOf(client);
  return {
    remote: true,
    open(settings) {
      const limiter = new RateLimiterRedis({
        storeClient: client,
        // The library tells the two apart by a class's name, which newer clients have changed.
        useRedisPackage: kind === "node-redis",
        rejectIfRedisNotReady: true,
        keyPrefix: settings.prefix,
        points: 0,
        duration: settings.duration,
      });
      return counting(limiter, settings);
    },
  };
}

function kindOf(client: unknown): "ioredis" | "node-redis" {
  const {
    defineCommand,
    status,
    isReady,
    eval: script,
  } = (client ?? {}) as Partial<IoRedisClient & NodeRedisClient>;
  if (typeof defineCommand === "function" && typeof status === "string") return "ioredis";
  if (typeof script === "function" && typeof isReady === "boolean") return "node-redis";
  throw invalid(
    "onRedis was given no client of ioredis or node-redis.",
    "Pass new Redis(url) of ioredis, or createClient({ url }) of redis 4 or later.",
  );
}
