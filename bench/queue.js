// What a tenant costs a job in BullMQ, and how long others wait behind one tenant's backlog.
//   npm run --silent build && node bench/queue.js [--rounds 5 --milliseconds 500 --backlog 1000 --write]
import { setTimeout as pause } from "node:timers/promises";
import { randomUUID } from "node:crypto";
import { Queue, Worker } from "bullmq";
import { createMemoryRegistry, createTenantry, fromHost } from "../dist/index.js";
import { createTenantWorker, tenantQueue } from "../dist/queue/bullmq/index.js";
import { interleave, ratios, summary } from "./support/measure.js";
import { readOptions } from "./support/options.js";
import { versionOf, writeResult } from "./support/results.js";

const options = readOptions(
  { rounds: 5, milliseconds: 500, concurrency: [16] },
  { backlog: { type: "string", default: "1000" } },
);
const { hostname: host, port } = new URL(process.env.REDIS_URL ?? "redis://127.0.0.1:6379");
const connection = { host, port: Number(port) };

const registry = createMemoryRegistry();
const tenantry = createTenantry({
  database: "postgres://nobody@127.0.0.1:1/none",
  registry,
  resolve: [fromHost({ baseDomain: "app.example.com" })],
  secret: "a secret of at least thirty-two bytes, for a benchmark",
});
const large = await registry.create({ slug: "large", name: "Large" });
const others = [];
for (let i = 0; i < 10; i++) {
  others.push(await registry.create({ slug: `small${i}`, name: `Small ${i}` }));
}
const as = (tenant, work) => tenantry.enter(tenant, { reason: "benchmark" }, work);
/** @type {Queue[]} */
const queues = [];
const newQueue = () => {
  const defaultJobOptions = { removeOnComplete: true };
  const queue = new Queue(`tenantry-bench-${randomUUID()}`, { connection, defaultJobOptions });
  queues.push(queue);
  return queue;
};
const data = { to: "someone@example.com", subject: "A line of text", items: [1, 2, 3, 4, 5] };

try {
  const text = [...(await overhead()), "", ...(await fairness())].join("\n");
  console.log(text);
  writeResult(options, {
    name: "queue",
    title: "Queues",
    about: [versionOf("BullMQ", "bullmq")],
    text,
  });
} finally {
  for (const queue of queues) {
    await queue.obliterate({ force: true });
    await queue.close();
  }
  await tenantry.close();
}

/** Each operation is a job added and worked off: the whole way of it. */
async function overhead() {
  const [bare, scoped] = [newQueue(), newQueue()];
  const waiting = new Map();
  const done = (job) => waiting.get(job.data.n)?.();
  const settings = { connection, concurrency: 16 };
  const workers = [
    new Worker(bare.name, async (job) => done(job), settings),
    createTenantWorker(
      tenantry,
      async (job) => done(job),
      (processor) => new Worker(scoped.name, processor, settings),
    ),
  ];
  await Promise.all(workers.map((worker) => worker.waitUntilReady()));
  let n = 0;
  const there = (add) => {
    const number = (n += 1);
    return new Promise((resolve, reject) => {
      waiting.set(number, () => (waiting.delete(number), resolve()));
      add({ ...data, n: number }).catch(reject);
    });
  };
  const jobs = tenantQueue(tenantry, scoped);
  const ways = {
    "bare BullMQ": () => there((payload) => bare.add("x", payload)),
    tenantry: () => there((payload) => jobs.add("x", payload)),
  };
  const rows = [];
  for (const concurrency of options.concurrency) {
    const samples = await as(large, () =>
      interleave(ways, { ...options, concurrency, role: "none" }),
    );
    for (const [way, taken] of Object.entries(samples)) {
      const ratio = ratios(taken, samples["bare BullMQ"]);
      const [wall, node] = ["wall", "node"].map(
        (what) => summary(taken.map((one) => one[what])).median,
      );
      rows.push(
        `| ${way} | ${concurrency} | ${wall.toFixed(0)} | ${ratio.median.toFixed(2)} | ${ratio.low.toFixed(2)}–${ratio.high.toFixed(2)} | ${node.toFixed(0)} |`,
      );
    }
  }
  await Promise.all(workers.map((worker) => worker.close()));
  return [
    "| a job, added and worked off | at a time | µs | ratio | spread | node cpu µs |",
    "|---|---|---|---|---|---|",
    ...rows,
  ];
}

/** One tenant's backlog, then one job each of ten others: how long these wait. */
async function fairness() {
  const rows = [];
  for (const [way, how] of [
    ["in order", {}],
    ["fairShare: { perTenant: 4 }", { fairShare: { perTenant: 4 } }],
  ]) {
    const queue = newQueue();
    const jobs = tenantQueue(tenantry, queue);
    const backlog = Array.from({ length: Number(options.backlog) }, () => ({ name: "x", data }));
    await as(large, () => jobs.addBulk(backlog));
    for (const tenant of others) await as(tenant, () => jobs.add("x", data));
    const waits = [];
    let left = backlog.length + others.length;
    const began = performance.now();
    let moves = 0;
    await new Promise((resolve) => {
      const worker = createTenantWorker(
        tenantry,
        async () => {
          if (tenantry.scope().tenant.id !== large.id) waits.push(performance.now() - began);
          await pause(20);
          if ((left -= 1) === 0) setTimeout(() => void worker.close().then(resolve), 50);
        },
        (processor) => {
          const counted = (job, ...rest) => {
            moves += 1;
            return processor(job, ...rest);
          };
          return new Worker(queue.name, counted, { connection, concurrency: 8 });
        },
        how,
      );
    });
    const { median, high } = summary(waits);
    const total = (performance.now() - began) / 1000;
    const looks = moves / (backlog.length + others.length);
    rows.push(
      `| ${way} | ${median.toFixed(0)} | ${high.toFixed(0)} | ${total.toFixed(1)} | ${looks.toFixed(2)} |`,
    );
  }
  return [
    `Behind a backlog of ${options.backlog} jobs of 20 ms of one tenant's, in a worker of 8 places:`,
    "",
    "| worker | others wait, ms (median) | at most | all done, s | times a job is taken up |",
    "|---|---|---|---|---|",
    ...rows,
  ];
}
