import { describe, it } from "vitest";
import { createClient } from "redis";

const missing = "NO REDIS: apt-get install redis-server, or set REDIS_URL";

export const redisUrl = process.env["REDIS_URL"] ?? "redis://127.0.0.1:6379";

async function versionOf(url: string): Promise<string | null> {
  const client = createClient({
    url,
    socket: { connectTimeout: 1_000, reconnectStrategy: false },
  }).on("error", () => undefined);
  try {
    await client.connect();
    return /redis_version:(\S+)/.exec(await client.info("server"))?.[1] ?? "of unknown version";
  } catch {
    return null;
  } finally {
    client.destroy();
  }
}

const version = await versionOf(redisUrl);

/** Runs a suite on the real Redis; where there is none it is skipped by name, never silently. */
export function describeOnRedis(title: string, suite: (url: string) => void): void {
  if (version !== null) return void describe(`${title} [Redis ${version}]`, () => suite(redisUrl));
  process.stderr.write(`${title}: skipped, for there is no Redis at ${redisUrl}\n`);
  describe.skip(`${title} [${missing}]`, () => {
    it("needs a server", () => undefined);
  });
}

/** What a suite with a server of its own says of the one that is installed. */
export { missing as missingRedis };
