import { Redis } from "ioredis";
import { redisUrl } from "../../support/redis.js";

/** Removes what a limit of this name has written. */
export async function removeCounters(name: string): Promise<void> {
  const client = new Redis(redisUrl);
  const keys = await client.keys(`tenantry:limit:${name}*`);
  if (keys.length > 0) await client.del(...keys);
  await client.quit();
}
