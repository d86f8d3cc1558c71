import type { CacheBackend } from "../contract.js";
import { configInvalid } from "../problems.js";
import { redisBackend, type RedisBackendOptions } from "./redis-backend.js";

/** The slice of ioredis that is used: fits `Redis` and `Cluster`. */
export interface IoredisClient {
  readonly status: string;
  callBuffer(command: string, args: (string | Buffer)[]): Promise<unknown>;
}

/** In these a command would wait for a reconnection. */
const waiting = new Set(["reconnecting", "close", "end", "disconnecting"]);

/**
 * Keeps entries in Redis, through a client of yours (ioredis 5 or 6, `Redis` or `Cluster`), which
 * you connect, listen to for errors, and close.
 * @throws {TenantryError} `CONFIG_INVALID`
 */
export function ioredisBackend(
  client: IoredisClient,
  options: RedisBackendOptions = {},
): CacheBackend {
  if (typeof client?.callBuffer !== "function" || typeof client.status !== "string") {
    throw configInvalid(
      "ioredisBackend was given something that is no ioredis client.",
      "Pass new Redis(url) or new Cluster(nodes); for the package `redis` there is nodeRedisBackend.",
    );
  }
  return redisBackend(
    {
      isReady: () => !waiting.has(client.status),
      send: (_key, [command, ...args]) => client.callBuffer(String(command), args),
    },
    options,
  );
}
