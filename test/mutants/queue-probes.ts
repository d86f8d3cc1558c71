import type * as ContextModule from "../../src/core/context.js";
import type * as ScopeModule from "../../src/core/scope.js";
import type * as JobSealModule from "../../src/core/seal/job-seal.js";
import type * as KeyRingModule from "../../src/core/seal/key-ring.js";
import type { Tenant } from "../../src/core/tenant.js";
import type { TenantryEvent } from "../../src/core/event.js";
import type * as AmqpModule from "../../src/queue/amqplib/index.js";
import type * as BullModule from "../../src/queue/bullmq/index.js";
import type { BullJob, BullQueue } from "../../src/queue/bullmq/index.js";
import type * as JsonModule from "../../src/queue/canonical-json.js";
import type { IncomingJob, JobTenancy } from "../../src/queue/contract.js";
import type * as FairShareModule from "../../src/queue/fair-share.js";
import type * as TenancyModule from "../../src/queue/job-tenancy.js";
import type * as KafkaModule from "../../src/queue/kafka/index.js";
import type * as NatsModule from "../../src/queue/nats/settle-message.js";
import type * as BossModule from "../../src/queue/pg-boss/settle-job.js";
import type * as RunJobModule from "../../src/queue/run-job.js";

/** A copy of the sources' queues. Each probe asks one thing of it; the real brokers are elsewhere. */
export interface QueueCopy {
  readonly context: typeof ContextModule;
  readonly scope: typeof ScopeModule;
  readonly jobSeal: typeof JobSealModule;
  readonly keyRing: typeof KeyRingModule;
  readonly tenancy: typeof TenancyModule;
  readonly runJob: typeof RunJobModule;
  readonly fairShare: typeof FairShareModule;
  readonly json: typeof JsonModule;
  readonly bullmq: typeof BullModule;
  readonly boss: typeof BossModule;
  readonly nats: typeof NatsModule;
  readonly amqp: typeof AmqpModule;
  readonly kafka: typeof KafkaModule;
}

const tenant = (n: number, status: Tenant["status"] = "active"): Tenant => ({
  id: `01890000-0000-7000-8abc-00000000000${n}`,
  slug: `t${n}`,
  name: `T${n}`,
  status,
  placement: "default",
  settings: {},
  version: 1,
});
const [a, b, late] = [tenant(1), tenant(2), tenant(3, "suspended")];
const anonymous = { kind: "anonymous" } as const;

function application(copy: QueueCopy) {
  const keys = copy.keyRing.createKeyRing("a secret of at least thirty-two bytes, for tests");
  const events: TenantryEvent[] = [];
  const lookup = {
    find: async ({ value }: { value: string }) =>
      [a, b, late].find(({ id }) => id === value) ?? null,
  };
  const tenancy: JobTenancy = {
    events: (event) => void events.push(event),
    scope: copy.context.currentScope,
    ...copy.tenancy.createJobTenancy(keys, lookup),
  };
  const as = <T>(one: Tenant, work: () => T) =>
    copy.context.runInScope(copy.scope.issueScope(one, anonymous, []), work);
  const seen = () => {
    const context = copy.context.currentContext();
    return context?.kind === "tenant" ? context.scope.tenant.slug : "none";
  };
  return { keys, events, tenancy, as, seen };
}

const plain = { queue: "q", name: "n", id: "1", schedule: "s", payload: "{}" };
const incoming = (seal: unknown): IncomingJob => ({ ...plain, seal, payload: () => "{}" });

async function refuses(work: () => unknown): Promise<boolean> {
  try {
    await work();
    return false;
  } catch {
    return true;
  }
}

/** Each is true where the copy does what it should. */
export const queueProbes: Readonly<Record<string, (copy: QueueCopy) => Promise<boolean>>> = {
  async "a-seal-opens-for-its-job-alone"(copy) {
    const { tenancy, as } = application(copy);
    const seal = as(a, () => tenancy.sealJob(plain));
    await tenancy.openJob(seal, plain);
    for (const part of ["queue", "name", "id", "schedule", "payload"]) {
      if (!(await refuses(() => tenancy.openJob(seal, { ...plain, [part]: "x" })))) return false;
    }
    return true;
  },

  async "a-delayed-job-is-in-time"({ jobSeal, scope, ...copy }) {
    const { keys } = application({ jobSeal, scope, ...copy });
    const now = Date.now();
    const dueAt = now + 30 * 86_400_000;
    const seal = jobSeal.sealJob(
      keys,
      scope.issueScope(a, anonymous, []),
      { ...plain, dueAt },
      now,
    );
    return jobSeal.openJobSeal(keys, seal, plain, dueAt).tenantId === a.id;
  },

  async "a-suspended-tenant-does-no-work"(copy) {
    const { tenancy, as } = application(copy);
    const seal = as(late, () => tenancy.sealJob(plain));
    const outcome = await copy.runJob.runJob(tenancy, incoming(seal), () => "worked");
    return outcome.kind === "postponed";
  },

  async "work-runs-in-its-scope"(copy) {
    const { tenancy, as, seen } = application(copy);
    const seal = as(a, () => tenancy.sealJob(plain));
    const outcome = await as(b, () => copy.runJob.runJob(tenancy, incoming(seal), seen));
    return outcome.kind === "done" && outcome.result === a.slug;
  },

  async "a-forgery-is-refused-and-told-of"(copy) {
    const { tenancy, as, events } = application(copy);
    const seal = as(a, () => tenancy.sealJob(plain)).replace(a.id, b.id);
    const outcome = await copy.runJob.runJob(tenancy, incoming(seal), () => "worked");
    return outcome.kind === "refused" && events[0]?.severity === "security";
  },

  async "a-share-is-bounded"({ fairShare }) {
    const { admit } = fairShare.createFairShare({ perTenant: 1 });
    const first = admit("a");
    const second = admit("a");
    const other = admit("b");
    if (!first.admitted || second.admitted || !other.admitted) return false;
    first.done();
    return admit("a").admitted;
  },

  async "a-payload-has-one-spelling"({ json }) {
    return json.canonicalJson({ b: 1, a: 2 }) === json.canonicalJson({ a: 2, b: 1 });
  },

  async "bullmq-jobs-are-the-tenants-own"(copy) {
    const { tenancy, as } = application(copy);
    const added: { data: unknown; id: string }[] = [];
    const queue: BullQueue = {
      name: "q",
      add: async (_, data, options) =>
        void added.push({ data, id: (options as { jobId: string }).jobId }),
      addBulk: async () => undefined,
      upsertJobScheduler: async () => undefined,
      removeJobScheduler: async () => true,
    };
    const jobs = copy.bullmq.tenantQueue(tenancy, queue);
    for (const one of [a, b]) await as(one, () => jobs.add("n", { x: 1 }, { jobId: "same" }));
    const [mine, yours] = added as [(typeof added)[0], (typeof added)[0]];
    if (mine.id === yours.id) return false;
    const process = copy.bullmq.tenantProcessor(tenancy, async (job: BullJob) =>
      JSON.stringify(job.data),
    );
    const job = (id: string): BullJob => ({
      id,
      name: "n",
      queueName: "q",
      data: mine.data,
      updateData: async () => {},
      moveToDelayed: async () => {},
    });
    if ((await process(job(mine.id))) !== '{"x":1}') return false;
    const failure = await process(job(yours.id)).catch((error: Error) => error.name);
    return failure === "UnrecoverableError";
  },

  async "a-worker-is-built-in-no-context"(copy) {
    const { tenancy, as, seen } = application(copy);
    const built = as(a, () => copy.bullmq.createTenantWorker(tenancy, async () => {}, seen));
    return built === "none";
  },

  async "refused-messages-are-kept"(copy) {
    const { tenancy, as } = application(copy);
    const settled: string[] = [];
    const boss = await copy.boss.settleJob(tenancy, "q", { id: "1", name: "q", data: {} }, () => 1);
    settled.push(boss.status);

    await copy.nats.settleMessage(
      tenancy,
      {
        subject: "q",
        data: Buffer.from(""),
        headers: undefined,
        info: { deliveryCount: 1 },
        ack: () => settled.push("ack"),
        nak: () => settled.push("nak"),
        term: () => settled.push("term"),
      },
      () => 1,
      { mostDeliveries: 5, retryDelay: 0, bury: async () => void settled.push("buried") },
    );

    await new Promise<void>((resolve) => {
      const message = {
        content: Buffer.from(""),
        fields: { redelivered: false, exchange: "", routingKey: "q" },
        properties: {},
      };
      void copy.amqp.consumeJobs(
        tenancy,
        {
          assertQueue: async () => undefined,
          prefetch: async () => undefined,
          consume: async (_, onMessage) => {
            onMessage(message);
            return { consumerTag: "" };
          },
          ack: () => settled.push("ack"),
          nack(_, __, requeue) {
            settled.push(requeue === true ? "requeued" : "dead");
            resolve();
          },
        },
        "q",
        () => 1,
        { deadLetter: { queue: "dead" } },
      );
    });

    const message = as(a, () => copy.kafka.sealMessage(tenancy, "q", { key: "k", value: "v" }));
    const each = copy.kafka.tenantEachMessage(tenancy, async () => settled.push("worked"), {
      deadLetter: async () => settled.push("letter"),
    });
    const [key, value] = [Buffer.from("other"), Buffer.from("v")];
    const { headers } = message;
    await each({ topic: "q", partition: 0, message: { key, value, headers, offset: "0" } });
    return settled.join() === "deadletter,buried,term,dead,letter";
  },
};
