import { randomBytes } from "node:crypto";
import { Redis } from "ioredis";
import { createClient } from "redis";
import { ioredisBackend, memoryBackend, nodeRedisBackend } from "tenantry/cache";
import { describe } from "vitest";
import { describeOnRedis } from "../support/redis.js";
import { removeKeys } from "../cache/support/remove-keys.js";
import { cacheConformance } from "./cache.js";

/** Long enough for a machine that is busy with other tests. */
const timeout = 5_000;
const newPrefix = () => `tenantry-test-${randomBytes(8).toString("hex")}`;

describe("the cache in memory", () => {
  cacheConformance(async () => {
    const backend = memoryBackend({ maxEntries: 100_000, maxBytes: 64 * 2 ** 20 });
    return { backend, second: backend, close: async () => undefined };
  });
});

describeOnRedis("the cache through ioredis", (url) => {
  cacheConformance(async () => {
    const clients = [new Redis(url), new Redis(url)] as const;
    const prefix = newPrefix();
    return {
      backend: ioredisBackend(clients[0], { prefix, timeout }),
      second: ioredisBackend(clients[1], { prefix, timeout }),
      async close() {
        await removeKeys(clients[0], prefix);
        for (const client of clients) client.disconnect();
      },
    };
  });
});

describeOnRedis("the cache through node-redis", (url) => {
  cacheConformance(async () => {
    const clients = [createClient({ url }), createClient({ url })] as const;
    await Promise.all(clients.map((client) => client.connect()));
    const sweeper = new Redis(url);
    const prefix = newPrefix();
    return {
      backend: nodeRedisBackend(clients[0], { prefix, timeout }),
      second: nodeRedisBackend(clients[1], { prefix, timeout }),
      async close() {
        await removeKeys(sweeper, prefix);
        sweeper.disconnect();
        for (const client of clients) client.destroy();
      },
    };
  });
});
