import { randomUUID } from "node:crypto";
import { Queue, Worker, type Job } from "bullmq";
import { createTenantWorker, tenantQueue } from "tenantry/bullmq";
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from "vitest";
import { describeOnBroker, redis } from "../conformance/queue/brokers.js";
import { redisConnection as connection } from "../conformance/queue/bullmq-host.js";
import { codeOf } from "../database/support/outcome.js";
import { embeddedServer } from "../support/servers.js";
import { createArena, type Arena } from "./support/arena.js";

/** Whoever writes to Redis, by the bare client, with all that lies there to copy from. */
describeOnBroker("an attacker who can write to the queue", redis, () => {
  let arena: Arena;
  let queue: Queue;
  const workers: Worker[] = [];
  const rows: unknown[][] = [];

  beforeAll(async () => {
    arena = await createArena(embeddedServer());
  });
  afterAll(() => arena?.close());
  beforeEach(() => {
    rows.length = 0;
    queue = new Queue(`tenantry-test-${randomUUID()}`, { connection });
  });
  afterEach(async () => {
    await Promise.all(workers.splice(0).map((worker) => worker.close()));
    await queue.obliterate({ force: true });
    await queue.close();
  });

  const bodies = async () => {
    const result = await arena.tenantry.db.query<{ body: string }>("select body from note");
    rows.push(result.rows.map(({ body }) => body));
  };
  /** Built in B's scope, as a worker that a request of B's brought to life. */
  const startWorker = () =>
    arena.asB(() =>
      workers.push(
        createTenantWorker(
          arena.tenantry,
          bodies,
          (processor) => new Worker(queue.name, processor, { connection }),
        ),
      ),
    );
  /** A's own job, as it lies in Redis. */
  const jobOfA = async () => {
    const jobs = tenantQueue(arena.tenantry, queue);
    return arena.asA(() => jobs.add("x", { n: 1 }, { delay: 3_600_000 }));
  };
  const failures = () =>
    vi.waitFor(
      async () => {
        expect(await queue.getFailedCount()).toBe(1);
        return (await queue.getFailed())[0]?.failedReason;
      },
      { timeout: 5000 },
    );

  it.each<[string, (job: Job) => Promise<unknown>]>([
    ["an unstamped job", () => queue.add("x", { n: 1 })],
    ["a tenant's id in the data", () => queue.add("x", { n: 1, tenant: arena.b.id })],
    [
      "the seal of A's job with B's id in it",
      (job) => {
        const seal = String((job.data as Record<string, unknown>)["tenantry:seal"]);
        const data = { n: 1, "tenantry:seal": seal.replace(arena.a.id, arena.b.id) };
        return queue.add("x", data, { jobId: job.id! });
      },
    ],
    [
      "A's job, replayed under another id",
      (job) => queue.add("x", job.data, { jobId: randomUUID() }),
    ],
    ["A's job, replayed under another name", (job) => queue.add("y", job.data, { jobId: job.id! })],
    [
      "A's seal on a payload of the attacker's",
      (job) => queue.add("x", { ...(job.data as object), n: 2 }, { jobId: job.id! }),
    ],
  ])("gets nothing run by %s", async (_, attack) => {
    const job = await jobOfA();
    // Its place is free: BullMQ would drop a second job of one id.
    await job.remove();
    await attack(job);
    startWorker();
    expect(await failures()).toMatch(/seal/);
    expect(rows).toEqual([]);
  });

  it("can have A's own job run again, under its own id, for A alone", async () => {
    const job = await jobOfA();
    const copy = [job.name, job.data, { jobId: job.id! }] as const;
    await job.remove();
    startWorker();
    for (let times = 1; times <= 2; times++) {
      const again = await queue.add(...copy);
      await vi.waitFor(() => expect(rows).toHaveLength(times), { timeout: 5000 });
      await vi.waitFor(async () => expect(await again.getState()).toBe("completed"));
      await again.remove();
    }
    const ofA = await arena.admin("select body from note where tenant_id = $1", [arena.a.id]);
    expect(rows).toEqual([1, 2].map(() => ofA.map(({ body }) => body)));
  });

  it("would get B's rows from a plain worker that was built in B's scope", async () => {
    arena.asB(() => workers.push(new Worker(queue.name, bodies, { connection })));
    await queue.add("x", { n: 1 });
    await vi.waitFor(() => expect(rows).toHaveLength(1), { timeout: 5000 });
    const ofB = await arena.admin("select body from note where tenant_id = $1", [arena.b.id]);
    expect(rows[0]).toEqual(ofB.map(({ body }) => body));
    expect(await codeOf(() => bodies())).toBe("SCOPE_REQUIRED");
  });
});
