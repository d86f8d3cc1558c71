import { randomUUID } from "node:crypto";
import { Queue, Worker, type Job } from "bullmq";
import { createTenantWorker, tenantQueue } from "tenantry/bullmq";
import { canonicalJson } from "../../../src/queue/canonical-json.js";
import { sealMember } from "../../../src/queue/sealed-data.js";
import { redis } from "./brokers.js";
import { attempts, type OpenHost, type Payload } from "./host.js";

const { hostname: host, port } = new URL(redis.url);
export const redisConnection = { host, port: Number(port) };

export const openBullMq: OpenHost = async (tenantry) => {
  const name = `tenantry-test-${randomUUID()}`;
  const connection = redisConnection;
  const defaultJobOptions = { attempts, backoff: 20 };
  const queue = new Queue(name, { connection, defaultJobOptions });
  queue.on("error", () => undefined);
  const jobs = tenantQueue(tenantry, queue);
  const workers: Worker[] = [];
  return {
    queue: name,
    enqueue: (payload, { delay = 0 } = {}) => jobs.add("job", payload, { delay }),
    seal(payload, { sealJob }) {
      const job = { queue: name, name: "job", id: randomUUID() };
      return { ...job, payload, seal: sealJob({ ...job, payload: canonicalJson(payload) }) };
    },
    inject: (job) =>
      queue.add(
        job.name,
        job.seal === undefined ? job.payload : { ...job.payload, [sealMember]: job.seal },
        { jobId: job.id },
      ),
    repeat: (payload) => jobs.upsertJobScheduler("often", { every: 400 }, { data: payload }),
    async work(work) {
      const worker = createTenantWorker(
        tenantry,
        (job: Job<Payload>) => work(job.data),
        (processor) =>
          new Worker(name, processor, { connection, concurrency: 20, maxStalledCount: 0 }),
      );
      worker.on("error", () => undefined);
      workers.push(worker);
      await worker.waitUntilReady();
    },
    failed: () => queue.getFailedCount(),
    failedText: async () =>
      JSON.stringify(
        (await queue.getFailed()).map(({ failedReason, stacktrace }) => [failedReason, stacktrace]),
      ),
    async close() {
      await Promise.all(workers.map((worker) => worker.close()));
      await queue.obliterate({ force: true });
      await queue.close();
    },
  };
};
