import type { Found } from "../../checks/check.js";
import type { Inputs } from "../inputs.js";
import { judged, Unanswered, type Answer, type Item } from "../item.js";
import { bullQueues, isBullKey } from "../redis/bull.js";
import { isOwnKey, namesTenant, patternOf } from "../redis/names-tenant.js";
import { tenantsOf } from "../tenants.js";

export const k9: Item = {
  id: "K9",
  name: "caches-keyed",
  severity: "high",
  question: "Does every key of the cache name its tenant",
  title: "Keys in the cache that name no tenant",
  meaning:
    "What is cached under a key without its tenant is answered to whoever asks next, of whichever tenant; no policy of the database sees it.",
  needs: ["redis", "repository"],
  async answer(inputs) {
    if (inputs.given.redis === undefined) return withoutRedis(inputs);
    const { keys, cut } = await inputs.redis.keys();
    const queues = await bullQueues(inputs.redis);
    const own = keys.filter((key) => !isBullKey(key, queues));
    if (own.length === 0) {
      throw new Unanswered(
        "Redis holds no keys but those of queues: ask the one that the service has used.",
      );
    }
    const tenants = await tenantsOf(inputs);
    const bare = own.filter((key) => !isOwnKey(key) && !namesTenant(key, tenants));
    const bound = cut ? ", which are not all of them" : "";
    const evidence = `${own.length} keys were read${bound}: ${own.filter(isOwnKey).length} are of Tenantry's own form, ${own.length - bare.length} in all name a tenant (${tenants.size} names known).`;
    if (bare.length > 0 && tenants.size === 0) {
      throw new Unanswered(
        `${evidence} Without knowing the tenants nobody can tell whether ${patternOf(bare[0]!)} names one: give --database-url.`,
      );
    }
    return judged(findingsFor(bare), evidence);
  },
};

function findingsFor(bare: readonly string[]): readonly Found[] {
  const patterns = new Map<string, number>();
  for (const key of bare) patterns.set(patternOf(key), (patterns.get(patternOf(key)) ?? 0) + 1);
  return [...patterns].map(([pattern, count]) => ({
    subject: `key ${pattern}`,
    message: `${count} ${count === 1 ? "key" : "keys"} of the form ${pattern} ${count === 1 ? "names" : "name"} no tenant.`,
    mend: "Put the tenant's id into the key, or cache through createCache of tenantry/cache, which does. What is truly everybody's, accept in the manifest's suppressions.",
  }));
}

const clients =
  /^(redis|ioredis|@redis\/.+|@upstash\/redis|@vercel\/kv|memcached|memjs|memcache-plus|iovalkey|@valkey\/.+|keyv|@keyv\/.+|cache-manager|cacheable|node-cache|lru-cache|catbox|bentocache)$/;

/** A service that names no client of a cache has none, but for what it keeps in variables. */
function withoutRedis({ given: { repository } }: Inputs): Answer {
  if (repository === undefined) throw new Unanswered("Nothing was asked: give --redis-url.");
  const named = repository.dependencies();
  const found = [...named].filter((name) => clients.test(name));
  if (found.length > 0) {
    throw new Unanswered(
      `The packages name ${found.join(", ")}: give --redis-url of the Redis that the service has used. Caches in memory are the linter's (no-unkeyed-cache).`,
    );
  }
  return {
    verdict: "not applicable",
    evidence: `None of the ${named.size} packages that the repository names is a cache or its client.`,
  };
}
