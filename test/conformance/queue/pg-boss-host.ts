import { randomUUID } from "node:crypto";
import { PgBoss } from "pg-boss";
import { tenantBoss } from "tenantry/pg-boss";
import { canonicalJson } from "../../../src/queue/canonical-json.js";
import { sealMember } from "../../../src/queue/sealed-data.js";
import { attempts, type OpenHost, type Payload } from "./host.js";

/** pg-boss in a schema `jobs`, which it makes. */
export async function startBoss(connectionString: string): Promise<PgBoss> {
  const boss = new PgBoss({
    connectionString,
    schema: "jobs",
    max: 4,
    supervise: false,
    schedule: false,
  });
  boss.on("error", () => undefined);
  return boss.start();
}

/** Queues of one pg-boss, which is started and stopped by whoever calls. */
export function openPgBoss(started: () => PgBoss): OpenHost {
  return async (tenantry) => {
    const boss = started();
    const queue = `q-${randomUUID()}`;
    const dead = `${queue}-dead`;
    await boss.createQueue(dead);
    await boss.createQueue(queue, { deadLetter: dead, retryLimit: attempts - 1, retryDelay: 0 });
    const jobs = tenantBoss(tenantry, boss);
    let worker: string | undefined;
    /** It looks twice a second by itself. */
    const wake = () => worker !== undefined && boss.notifyWorker(worker);
    const failed = async () => boss.findJobs(dead);
    return {
      queue,
      async enqueue(payload, { delay = 0 } = {}) {
        await jobs.send(queue, payload, { startAfter: delay / 1000 });
        wake();
      },
      seal(payload, { sealJob }) {
        const job = { queue, id: randomUUID(), payload: canonicalJson(payload) };
        return { name: "", id: job.id, payload, seal: sealJob(job) };
      },
      async inject(job) {
        await boss.send(
          queue,
          job.seal === undefined ? job.payload : { ...job.payload, [sealMember]: job.seal },
          { id: job.id },
        );
        wake();
      },
      async work(work) {
        worker = await jobs.work(
          queue,
          { pollingIntervalSeconds: 0.5, batchSize: 40 },
          (job: { id: string; name: string; data: Payload }) => work(job.data),
        );
      },
      failed: async () => (await failed()).length,
      failedText: async () => JSON.stringify((await failed()).map(({ output }) => output)),
      async close() {
        await boss.offWork(queue, { wait: true });
        await boss.deleteQueue(queue);
        await boss.deleteQueue(dead);
      },
    };
  };
}
