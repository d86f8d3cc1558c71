// What a rate limit costs per request, against the bare library and one round trip to its store.
//   npm run build && node bench/limits.js [--rounds 5 --milliseconds 400 --concurrency 16]
// Redis at REDIS_URL or its local port; left out where there is none.
import { randomBytes, randomUUID } from "node:crypto";
import { parseArgs } from "node:util";
import { Redis } from "ioredis";
import { RateLimiterMemory, RateLimiterRedis } from "rate-limiter-flexible";
import { createMemoryRegistry, createTenantry, fromHost } from "../dist/index.js";
import { createConcurrencyLimit, createRateLimit, onRedis } from "../dist/limits/index.js";
import { interleave, ratios, summary } from "./support/measure.js";

const { values: options } = parseArgs({
  options: {
    rounds: { type: "string", default: "5" },
    milliseconds: { type: "string", default: "400" },
    concurrency: { type: "string", default: "16" },
  },
});
const settings = {
  rounds: Number(options.rounds),
  milliseconds: Number(options.milliseconds),
  concurrency: Number(options.concurrency),
  role: "none",
};
const window = { points: 1_000_000, duration: 3_600 };
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

const redis = await connect();
await tenantry.enter(tenant, { reason: "a benchmark" }, async () => {
  const bareMemory = new RateLimiterMemory(window);
  const memory = createRateLimit({ name: prefix, ...window });
  const usedUp = createRateLimit({ name: `${prefix}-used-up`, ...window, points: 1 });
  const places = createConcurrencyLimit({ name: prefix, max: 1_000 });
  /** @type {Record<string, import("./support/measure.js").Way>} */
  const inProcess = {
    "rate-limiter-flexible, memory": () => bareMemory.consume(tenant.id),
    "tenantry, memory": () => memory.consume(),
    "tenantry, memory, sub-key": (i) => memory.consume({ key: ["route", String(i % 10)] }),
    "tenantry, used up": () => usedUp.consume().catch(() => undefined),
    "tenantry, concurrency": () => places.run(() => undefined),
  };
  print("In the process", await interleave(inProcess, settings));
  if (redis === null) return void process.stdout.write("\nNO REDIS: left out\n");
  const bareRedis = new RateLimiterRedis({ storeClient: redis, keyPrefix: prefix, ...window });
  const limit = createRateLimit({ name: prefix, ...window, backend: onRedis(redis) });
  print(
    "Redis",
    await interleave(
      {
        "one GET": () => redis.get(prefix),
        "rate-limiter-flexible, Redis": () => bareRedis.consume(randomKey),
        "tenantry, Redis": () => limit.consume(),
      },
      settings,
    ),
  );
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

/** @param {string} title @param {Awaited<ReturnType<typeof interleave>>} samples */
function print(title, samples) {
  const [base] = Object.values(samples);
  process.stdout.write(`\n${title} (median microseconds an operation; ratio to the first)\n`);
  for (const [name, taken] of Object.entries(samples)) {
    const wall = summary(taken.map((sample) => sample.wall)).median;
    const { median } = ratios(taken, base);
    process.stdout.write(
      `  ${name.padEnd(32)} ${wall.toFixed(2).padStart(9)}  ${median.toFixed(2)}\n`,
    );
  }
}
