import { Redis } from "ioredis";
import { createClient } from "redis";
import { describe } from "vitest";
import { inMemory, onPostgres, onRedis } from "../../src/limits/index.js";
import { createLimitsStage } from "../limits/support/postgres.js";
import { describeOnRedis, redisUrl } from "../support/redis.js";
import { removeCounters } from "../limits/support/counters.js";
import { describeOnServers } from "../support/servers.js";
import { rateLimitConformance } from "./rate-limit.js";

const removeAll = async (names: readonly string[]) => {
  for (const name of names) await removeCounters(name);
};

describe("a rate limit in memory", () => {
  rateLimitConformance(async () => ({ backend: inMemory(), close: async () => undefined }));
});

describeOnRedis("a rate limit by ioredis", () => {
  rateLimitConformance(async () => {
    const [first, second] = [new Redis(redisUrl), new Redis(redisUrl)];
    await Promise.all([first.ping(), second.ping()]);
    return {
      backend: onRedis(first),
      second: onRedis(second),
      async close(names) {
        await removeAll(names);
        await Promise.all([first.quit(), second.quit()]);
      },
    };
  });
});

describeOnRedis("a rate limit by node-redis", () => {
  rateLimitConformance(async () => {
    const [first, second] = [createClient({ url: redisUrl }), createClient({ url: redisUrl })];
    for (const client of [first, second]) {
      client.on("error", () => undefined);
      await client.connect();
    }
    return {
      backend: onRedis(first),
      second: onRedis(second),
      async close(names) {
        await removeAll(names);
        await Promise.all([first.close(), second.close()]);
      },
    };
  });
});

describeOnServers("a rate limit in PostgreSQL", (server) => {
  rateLimitConformance(async () => {
    const { pool, close } = await createLimitsStage(server);
    return { backend: onPostgres(pool), second: onPostgres(pool), close: () => close() };
  });
});
