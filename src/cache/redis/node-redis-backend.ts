import type { CacheBackend } from "../contract.js";
import { configInvalid } from "../problems.js";
import { redisBackend, type RedisBackendOptions, type RedisDriver } from "./redis-backend.js";

interface CommandOptions {
  readonly typeMapping: { readonly 36: typeof Buffer };
}

/** The slice of what `createClient` gives. */
export interface NodeRedisClient {
  readonly isReady: boolean;
  sendCommand(args: (string | Buffer)[], options?: CommandOptions): Promise<unknown>;
}

/** The slice of what `createCluster` gives. */
export interface NodeRedisCluster {
  readonly isReady: boolean;
  readonly masters: unknown;
  sendCommand(
    firstKey: string,
    isReadonly: boolean,
    args: (string | Buffer)[],
    options?: CommandOptions,
  ): Promise<unknown>;
}

/** Strings of the protocol (`$`, number 36) as buffers. */
const asBuffers: CommandOptions = { typeMapping: { 36: Buffer } };

/**
 * Keeps entries in Redis, through a client of yours (the package `redis`, 5 or 6: `createClient` or
 * `createCluster`), which you connect, listen to for errors, and close.
 * @throws {TenantryError} `CONFIG_INVALID`
 */
export function nodeRedisBackend(
  client: NodeRedisClient | NodeRedisCluster,
  options: RedisBackendOptions = {},
): CacheBackend {
  if (typeof client?.sendCommand !== "function" || typeof client.isReady !== "boolean") {
    throw configInvalid(
      "nodeRedisBackend was given something that is no client of the package `redis`.",
      "Pass createClient(…) or createCluster(…); for ioredis there is ioredisBackend.",
    );
  }
  return redisBackend(driverOf(client), options);
}

function driverOf(client: NodeRedisClient | NodeRedisCluster): RedisDriver {
  const isReady = (): boolean => client.isReady;
  if ("masters" in client) {
    // Never from a replica: it may not have heard of a clear yet.
    const send: RedisDriver["send"] = (key, args) =>
      client.sendCommand(key, false, [...args], asBuffers);
    return { isReady, send };
  }
  return { isReady, send: (_key, args) => client.sendCommand([...args], asBuffers) };
}
