// How much the cache costs against the bare client, and the MAC against none.
//   npm run build && node bench/cache.js [--concurrency 16 --rounds 5 --milliseconds 300 --bytes 500 --write]
// On the Redis of REDIS_URL, by default the one at the usual port; it removes what it wrote.
import { randomBytes } from "node:crypto";
import process from "node:process";
import { Redis } from "ioredis";
import { createClient } from "redis";
import { createMemoryRegistry } from "tenantry";
import { createCache, ioredisBackend, memoryBackend, nodeRedisBackend } from "tenantry/cache";
import { enterTenant } from "../dist/core/enter.js";
import { interleave, ratios, summary } from "./support/measure.js";
import { readOptions } from "./support/options.js";
import { versionOf, writeResult } from "./support/results.js";

const options = readOptions(
  { rounds: 5, milliseconds: 300, concurrency: [1, 16] },
  { bytes: { type: "string", default: "500" } },
);

const url = process.env.REDIS_URL ?? "redis://127.0.0.1:6379";
const prefix = `tenantry-bench-${randomBytes(6).toString("hex")}`;
const ioredis = new Redis(url);
const nodeRedis = createClient({ url });
await nodeRedis.connect();

const registry = createMemoryRegistry();
const tenant = await registry.create({ slug: "bench", name: "Bench" });
const value = { text: "x".repeat(Number(options.bytes)) };
const text = JSON.stringify(value);
const bareKey = (/** @type {number} */ i) => `${prefix}:bare:${tenant.id}:k${i % 100}`;
const key = (/** @type {number} */ i) => `k${i % 100}`;

/** @param {string} name @param {import("tenantry/cache").CacheBackend} backend @param {string} [secret] */
const cacheOf = (name, backend, secret) =>
  createCache({
    name,
    backend,
    ttl: 3_600_000,
    onUnavailable: "throw",
    ...(secret === undefined ? {} : { secret }),
  });

const secret = randomBytes(32).toString("hex");
const timeout = 10_000;
const caches = {
  memory: cacheOf("memory", memoryBackend({ maxEntries: 10_000, maxBytes: 2 ** 28 })),
  ioredis: cacheOf("ioredis", ioredisBackend(ioredis, { prefix, timeout })),
  "ioredis, MAC": cacheOf("ioredis-mac", ioredisBackend(ioredis, { prefix, timeout }), secret),
  "node-redis": cacheOf("node-redis", nodeRedisBackend(nodeRedis, { prefix, timeout })),
};
const cachesByName = Object.entries(caches);

/** The first way of each is the base of the ratios. @type {Record<string, Record<string, import("./support/measure.js").Way>>} */
const operations = {
  get: {
    "bare ioredis, JSON": async (i) =>
      JSON.parse(/** @type {string} */ (await ioredis.get(bareKey(i)))),
    "bare node-redis, JSON": async (i) =>
      JSON.parse(/** @type {string} */ (await nodeRedis.get(bareKey(i)))),
    ...Object.fromEntries(cachesByName.map(([name, cache]) => [name, (i) => cache.get(key(i))])),
  },
  "remember, a hit": {
    "bare ioredis, JSON": async (i) =>
      JSON.parse(/** @type {string} */ (await ioredis.get(bareKey(i)))),
    ...Object.fromEntries(
      cachesByName.map(([name, cache]) => [name, (i) => cache.remember(key(i), () => value)]),
    ),
  },
  set: {
    "bare ioredis, JSON": (i) => ioredis.set(bareKey(i), JSON.stringify(value), "PX", 3_600_000),
    "bare node-redis, JSON": (i) =>
      nodeRedis.set(bareKey(i), JSON.stringify(value), { PX: 3_600_000 }),
    ...Object.fromEntries(
      cachesByName.map(([name, cache]) => [name, (i) => cache.set(key(i), value)]),
    ),
  },
};

const server = /redis_version:(\S+)/.exec(await ioredis.info("server"))?.[1];
/** @type {string[]} */
const lines = [];

await enterTenant(registry, tenant, { reason: "benchmark" }, async () => {
  for (let i = 0; i < 100; i++) {
    await ioredis.set(bareKey(i), text, "PX", 3_600_000);
    for (const [, cache] of cachesByName) await cache.set(key(i), value);
  }
  for (const concurrency of options.concurrency) {
    for (const [operation, ways] of Object.entries(operations)) {
      const samples = await interleave(ways, { ...options, concurrency, role: "none" });
      const base = samples["bare ioredis, JSON"];
      lines.push(`## ${operation}, ${concurrency} at one time`, "");
      lines.push("| way | µs | ratio | processor µs |", "| --- | --- | --- | --- |");
      for (const [name, taken] of Object.entries(samples)) {
        const wall = summary(taken.map((sample) => sample.wall)).median;
        const node = summary(taken.map((sample) => sample.node)).median;
        const ratio = ratios(taken, base).median;
        lines.push(`| ${name} | ${wall.toFixed(1)} | ${ratio.toFixed(2)} | ${node.toFixed(1)} |`);
      }
      lines.push("");
    }
  }
});

const left = await ioredis.keys(`${prefix}*`);
if (left.length > 0) await ioredis.unlink(...left);
ioredis.disconnect();
nodeRedis.destroy();

const report = lines.join("\n").trimEnd();
process.stdout.write(`${report}\n`);
writeResult(options, {
  name: "cache",
  title: "The cache against the bare clients",
  about: [
    `Redis ${server}`,
    versionOf("ioredis"),
    versionOf("node-redis", "redis"),
    `values of ${text.length} bytes`,
  ],
  text: report,
});
