import { Redis } from "ioredis";
import { describe, expect, it } from "vitest";
import { createSignInAttempts } from "../../src/identity/attempts/sign-in-attempts.js";
import { inMemory, onPostgres, onRedis } from "../../src/limits/index.js";
import { removeCounters } from "../limits/support/counters.js";
import { createLimitsStage } from "../limits/support/postgres.js";
import { describeOnRedis, redisUrl } from "../support/redis.js";
import { describeOnServers } from "../support/servers.js";
import { signInAttemptsConformance } from "./sign-in-attempts.js";

describe("sign-in attempts in memory", () => {
  signInAttemptsConformance(async () => ({ backend: inMemory(), close: async () => undefined }));
});

describeOnRedis("sign-in attempts in Redis", () => {
  signInAttemptsConformance(async () => {
    const client = new Redis(redisUrl);
    await client.ping();
    return {
      backend: onRedis(client),
      async close() {
        await removeCounters("sign-in-*-*1:");
        await client.quit();
      },
    };
  });

  it("leave no account and no address in it", async () => {
    const client = new Redis(redisUrl);
    await client.ping();
    const attempts = createSignInAttempts({
      secret: "a secret of 32 bytes for this very test",
      backend: onRedis(client),
      account: [{ failures: 5, within: 62 }],
      address: [{ failures: 5, within: 62 }],
    });
    await attempts.begin({ account: "ada@example.com", address: "203.0.113.7" });
    const keys = await client.keys("tenantry:limit:sign-in-*-62:*");
    await removeCounters("sign-in-*-62:");
    await client.quit();
    expect(keys.length).toBe(2);
    for (const key of keys) {
      expect(key).toMatch(/^tenantry:limit:sign-in-\w+-62:\{sign-in-[0-9a-f]\}:[0-9a-f]{64}$/);
    }
  });
});

describeOnServers("sign-in attempts in PostgreSQL", (server) => {
  signInAttemptsConformance(async () => {
    const { pool, close } = await createLimitsStage(server);
    return { backend: onPostgres(pool), close: () => close() };
  });
});
