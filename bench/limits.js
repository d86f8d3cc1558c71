// What a rate limit costs per request, against the bare library and one round trip to its store.
//   npm run build && node bench/limits.js [--rounds 5 --milliseconds 400 --concurrency 16 --write]
// Redis at REDIS_URL or its local port; left out where there is none.
import { randomBytes, randomUUID } from "node:crypto";
import { Redis } from "ioredis";
import { RateLimiterMemory, RateLimiterRedis } from "rate-limiter-flexible";
import { createMemoryRegistry, createTenantry, fromHost } from "../dist/index.js";
import { createConcurrencyLimit, createRateLimit, onRedis } from "../dist/limits/index.js";
import { interleave, ratios, summary } from "./support/measure.js";
import { readOptions } from "./support/options.js";
import { versionOf, writeResult } from "./support/results.js";

const options = readOptions({ rounds: 5, milliseconds: 400, concurrency: [16] }, {});
// Short, for nothing here may reach a limit: the most that one takes is a million.
const window = { points: 1_000_000, duration: 1 };
const boundless = { ...window, points: 1e12 };
const randomKey = randomUUID();
const prefix = `bench-${randomBytes(6).toString("hex")}`;

const registry = createMemoryRegistry();
const tenant = await registry.create({ slug: "acme", name: "Acme" });
const tenantry = createTenantry({
  database: "postgres://nobody@127.0.0.1:1/nowhere",
  secret: randomBytes(32).toString("hex"),
  resolve: [fromHost({ baseDomain: "app.example.com" })],
  registry,
});

/** @returns {Promise<Redis | null>} */
async function connect() {
  const client = new Redis(process.env.REDIS_URL ?? "redis://127.0.0.1:6379", {
    lazyConnect: true,
    retryStrategy: () => null,
  });
  client.on("error", () => undefined);
  return client.connect().then(
    () => client,
    () => null,
  );
}

/** @type {string[]} */
const lines = [];
const redis = await connect();
await tenantry.enter(tenant, { reason: "a benchmark" }, async () => {
  const bareMemory = new RateLimiterMemory(boundless);
  const memory = createRateLimit({ name: prefix, ...window });
  const usedUp = createRateLimit({ name: `${prefix}-used-up`, points: 1, duration: 3_600 });
  const places = createConcurrencyLimit({ name: prefix, max: 1_000 });
  /** @type {Record<string, import("./support/measure.js").Way>} */
  const inProcess = {
    "rate-limiter-flexible, memory": () => bareMemory.consume(tenant.id),
    "tenantry, memory": () => memory.consume(),
    "tenantry, memory, sub-key": (i) => memory.consume({ key: ["route", String(i % 10)] }),
    "tenantry, used up": () => usedUp.consume().catch(() => undefined),
    "tenantry, concurrency": () => places.run(() => undefined),
  };
  await compare("In the process", inProcess);
  if (redis === null) return void lines.push("NO REDIS: left out", "");
  const bareRedis = new RateLimiterRedis({ storeClient: redis, keyPrefix: prefix, ...boundless });
  const limit = createRateLimit({ name: prefix, ...window, backend: onRedis(redis) });
  await compare("Redis", {
    "one GET": () => redis.get(prefix),
    "rate-limiter-flexible, Redis": () => bareRedis.consume(randomKey),
    "tenantry, Redis": () => limit.consume(),
  });
});

if (redis !== null) {
  const keys = [
    ...(await redis.keys(`${prefix}*`)),
    ...(await redis.keys(`tenantry:limit:${prefix}*`)),
  ];
  if (keys.length > 0) await redis.del(...keys);
  redis.disconnect();
}
await tenantry.close();

const text = lines.join("\n").trimEnd();
process.stdout.write(`${text}\n`);
writeResult(options, {
  name: "limits",
  title: "Limits against the bare library",
  about: [versionOf("rate-limiter-flexible"), versionOf("ioredis")],
  text,
});

/** The first way is the base of the ratios. @param {string} title @param {Record<string, import("./support/measure.js").Way>} ways */
async function compare(title, ways) {
  for (const concurrency of options.concurrency) {
    const samples = await interleave(ways, { ...options, concurrency, role: "none" });
    const [base] = Object.values(samples);
    lines.push(`## ${title}, ${concurrency} at one time`, "");
    lines.push("| way | µs | ratio |", "| --- | --- | --- |");
    for (const [name, taken] of Object.entries(samples)) {
      const wall = summary(taken.map((sample) => sample.wall)).median;
      const { median } = ratios(taken, base);
      lines.push(`| ${name} | ${wall.toFixed(2)} | ${median.toFixed(2)} |`);
    }
    lines.push("");
  }
}
