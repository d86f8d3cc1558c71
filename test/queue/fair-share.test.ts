import { randomUUID } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import { FlowProducer, Queue, Worker, type Job } from "bullmq";
import { createTenantWorker, sealFlow, tenantQueue } from "tenantry/bullmq";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { describeOnBroker, redis } from "../conformance/queue/brokers.js";
import { redisConnection as connection } from "../conformance/queue/bullmq-host.js";
import { createQueueStage, type QueueStage } from "./stage.js";

describeOnBroker("a worker of BullMQ's", redis, () => {
  let stage: QueueStage;
  let queue: Queue;
  const closing: { close(): Promise<unknown> }[] = [];

  beforeEach(async () => {
    stage = await createQueueStage();
    queue = new Queue(`tenantry-test-${randomUUID()}`, { connection });
  });
  afterEach(async () => {
    for (const one of closing.splice(0).reverse()) await one.close();
    await queue.obliterate({ force: true });
    await queue.close();
    await stage.tenantry.close();
  });

  const start = <Data>(work: (job: Job<Data>) => Promise<unknown>, perTenant?: number) => {
    const worker = createTenantWorker(
      stage.tenantry,
      work,
      (processor) => new Worker(queue.name, processor, { connection, concurrency: 8 }),
      perTenant === undefined ? {} : { fairShare: { perTenant, deferMilliseconds: 50 } },
    );
    closing.push(worker);
    return worker;
  };

  /** A backlog of one tenant's, one job of another's behind it: how long that waits, and most at once. */
  async function waitBehindBacklog(perTenant?: number) {
    const jobs = tenantQueue(stage.tenantry, queue);
    await stage.as(stage.a, () =>
      jobs.addBulk(Array.from({ length: 120 }, () => ({ name: "x", data: {} }))),
    );
    await stage.as(stage.b, () => jobs.add("x", {}));
    const began = Date.now();
    const running = { now: 0, most: 0, done: 0 };
    let waited: number | undefined;
    start(async () => {
      if (stage.tenantry.scope().tenant.id === stage.b.id) {
        waited = Date.now() - began;
        return;
      }
      running.most = Math.max(running.most, (running.now += 1));
      await pause(40);
      running.now -= 1;
      running.done += 1;
    }, perTenant);
    await vi.waitFor(() => expect([running.done, waited === undefined]).toEqual([120, false]), {
      timeout: 20_000,
      interval: 20,
    });
    return { waited: waited!, most: running.most, failed: await queue.getFailedCount() };
  }

  it("lets nobody wait behind a backlog once tenants have a share each", async () => {
    const free = await waitBehindBacklog();
    for (const one of closing.splice(0)) await one.close();
    const shared = await waitBehindBacklog(4);
    expect(shared).toMatchObject({ most: 4, failed: 0 });
    expect(free.most).toBe(8);
    // 120 jobs of 40 ms in 8 places are 600 ms.
    expect(free.waited).toBeGreaterThan(400);
    expect(shared.waited).toBeLessThan(free.waited / 2);
  });

  it("runs every job of a flow in its tenant's scope", async () => {
    const seen: string[] = [];
    start(async (job: Job<{ n: number }>) => {
      seen.push(`${stage.tenantry.scope().tenant.slug} ${job.name} ${job.data.n}`);
      return job.data.n;
    });
    const flows = new FlowProducer({ connection });
    closing.push(flows);
    const node = (name: string, n: number) => ({ name, queueName: queue.name, data: { n } });
    await stage.as(stage.b, () =>
      flows.add(
        sealFlow(stage.tenantry, {
          ...node("parent", 1),
          children: [node("child", 2), { ...node("child", 3), children: [node("grandchild", 4)] }],
        }),
      ),
    );
    await vi.waitFor(() => expect(seen).toHaveLength(4), { timeout: 5000 });
    expect(seen.at(-1)).toBe("beta parent 1");
    expect(new Set(seen)).toEqual(
      new Set(["beta parent 1", "beta child 2", "beta child 3", "beta grandchild 4"]),
    );
  });

  it("seals data anew that the work updates, for the attempts after", async () => {
    const seen: unknown[] = [];
    start(async (job: Job<{ step: number }>) => {
      seen.push(job.data);
      if (job.data.step === 2) return;
      await job.updateData({ step: 2 });
      throw new Error("to be continued");
    });
    const jobs = tenantQueue(stage.tenantry, queue);
    await stage.as(stage.a, () => jobs.add("x", { step: 1 }, { attempts: 2 }));
    await vi.waitFor(() => expect(seen).toEqual([{ step: 1 }, { step: 2 }]), { timeout: 5000 });
    expect(stage.events).toEqual([]);
  });

  it("keeps ids, schedules and deduplication of tenants apart", async () => {
    const jobs = tenantQueue(stage.tenantry, queue);
    for (const tenant of [stage.a, stage.b]) {
      await stage.as(tenant, async () => {
        await jobs.add("x", {}, { jobId: "same" });
        await jobs.add("x", {}, { jobId: "same" });
        await jobs.add("x", {}, { deduplication: { id: "same" } });
        await jobs.add("x", {}, { deduplication: { id: "same" } });
        await jobs.upsertJobScheduler("same", { every: 60_000 });
      });
    }
    expect(await queue.getWaitingCount()).toBe(6);
    expect(await queue.getJobSchedulersCount()).toBe(2);
    await stage.as(stage.a, () => jobs.removeJobScheduler("same"));
    const left = await queue.getJobSchedulers();
    expect(left.map(({ key }) => key)).toEqual([`${stage.b.id}.same`]);
  });

  it("is not built with a share that cannot be", () => {
    for (const perTenant of [0, 1.5, -1, 1001, Number.NaN]) {
      expect(() => start(async () => {}, perTenant)).toThrow("perTenant");
    }
  });
});
