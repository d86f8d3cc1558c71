import { Redis } from "ioredis";
import { describe, it } from "vitest";

export const redisUrl = process.env["REDIS_URL"] ?? "redis://127.0.0.1:6379";

async function findVersion(): Promise<string | null> {
  const client = new Redis(redisUrl, {
    lazyConnect: true,
    retryStrategy: () => null,
    connectTimeout: 2_000,
  });
  client.on("error", () => undefined);
  try {
    await client.connect();
    return /redis_version:(\S+)/.exec(await client.info("server"))?.[1] ?? "unknown";
  } catch {
    return null;
  } finally {
    client.disconnect();
  }
}

const version = await findVersion();

/** Runs a suite on a real Redis; where there is none it is skipped by name. */
export function describeOnRedis(title: string, suite: () => void): void {
  if (version !== null) return void describe(`${title} [Redis ${version}]`, suite);
  process.stderr.write(`${title}: skipped, for no Redis answers\n`);
  describe.skip(`${title} [NO REDIS: apt-get install redis-server, or set REDIS_URL]`, () => {
    it("runs on Redis", () => undefined);
  });
}

/** Removes what a limit of this name has written. */
export async function removeCounters(name: string): Promise<void> {
  const client = new Redis(redisUrl);
  const keys = await client.keys(`tenantry:limit:${name}*`);
  if (keys.length > 0) await client.del(...keys);
  await client.quit();
}
