import type { SourceMutant } from "./source-mutants.js";

/** Faults of the queues, each with the probe of queue-probes.ts that must notice. */
export const queueMutants: readonly SourceMutant[] = [
  {
    name: "a job's queue is not compared",
    file: "core/seal/job-seal.ts",
    changes: [['if (claims["q"] !== q)', "if (q === undefined)"]],
    killedBy: "a-seal-opens-for-its-job-alone",
  },
  {
    name: "a job's name is not compared",
    file: "core/seal/job-seal.ts",
    changes: [['if (claims["n"] !== n)', "if (n === undefined)"]],
    killedBy: "a-seal-opens-for-its-job-alone",
  },
  {
    name: "a job's id is not compared",
    file: "core/seal/job-seal.ts",
    changes: [['claims["jid"] !== jid)', 'claims["jid"] === "")']],
    killedBy: "a-seal-opens-for-its-job-alone",
  },
  {
    name: "a job's schedule is not compared",
    file: "core/seal/job-seal.ts",
    changes: [['if (claims["sch"] !== sch)', 'if (claims["sch"] === "")']],
    killedBy: "a-seal-opens-for-its-job-alone",
  },
  {
    name: "a job's payload is not compared",
    file: "core/seal/job-seal.ts",
    changes: [['if (claims["pay"] !== pay)', "if (pay === undefined)"]],
    killedBy: "a-seal-opens-for-its-job-alone",
  },
  {
    name: "a delayed job's expiry counts from when it was enqueued",
    file: "core/seal/job-seal.ts",
    changes: [["Math.max(dueAt, now) / 1000", "now / 1000"]],
    killedBy: "a-delayed-job-is-in-time",
  },
  {
    name: "a tenant's status is not asked for",
    file: "core/readmit.ts",
    changes: [['if (tenant.status !== "active")', 'if (tenant.name === "")']],
    killedBy: "a-suspended-tenant-does-no-work",
  },
  {
    name: "a job runs in no scope",
    file: "queue/run-job.ts",
    changes: [["runInScope(opened.scope, () => work(opened))", "work(opened)"]],
    killedBy: "work-runs-in-its-scope",
  },
  {
    name: "a job runs in what its worker was built in",
    file: "queue/run-job.ts",
    changes: [["return runDetached(async () => {", "return Promise.resolve().then(async () => {"]],
    killedBy: "work-runs-in-its-scope",
  },
  {
    name: "a bad seal is tried again",
    file: "queue/run-job.ts",
    changes: [['isTenantryError(error, "REGISTRY_UNAVAILABLE")', "true"]],
    killedBy: "a-forgery-is-refused-and-told-of",
  },
  {
    name: "a refusal is told to nobody",
    file: "queue/run-job.ts",
    changes: [["reportRefusal(tenancy.events, job, error, kind);", "void reportRefusal;"]],
    killedBy: "a-forgery-is-refused-and-told-of",
  },
  {
    name: "a forgery is told of as nothing much",
    file: "queue/refusal-event.ts",
    changes: [["if (attacks.includes(code)) return", "if (attacks.length === 0) return"]],
    killedBy: "a-forgery-is-refused-and-told-of",
  },
  {
    name: "a share is for everybody at once",
    file: "queue/fair-share.ts",
    changes: [["load.running < perTenant", "load.running < 1000"]],
    killedBy: "a-share-is-bounded",
  },
  {
    name: "a share that is done is not given back",
    file: "queue/fair-share.ts",
    changes: [["load.running -= 1;", ""]],
    killedBy: "a-share-is-bounded",
  },
  {
    name: "members stand in the order that they came in",
    file: "queue/canonical-json.ts",
    changes: [[".sort(([a], [b]) => (a < b ? -1 : 1))", ""]],
    killedBy: "a-payload-has-one-spelling",
  },
  {
    name: "ids of jobs are shared by tenants",
    file: "queue/tenant-key.ts",
    changes: [["`${scope.tenant.id}.${key}`", "`${scope.actor.kind}.${key}`"]],
    killedBy: "bullmq-jobs-are-the-tenants-own",
  },
  {
    name: "BullMQ tries a refused job again",
    file: "queue/bullmq/tenant-processor.ts",
    changes: [['named("UnrecoverableError", outcome.error)', "outcome.error"]],
    killedBy: "bullmq-jobs-are-the-tenants-own",
  },
  {
    name: "BullMQ's worker sees the seal",
    file: "queue/bullmq/tenant-processor.ts",
    changes: [["  job.data = data;\n", ""]],
    killedBy: "bullmq-jobs-are-the-tenants-own",
  },
  {
    name: "BullMQ's worker is built in the caller's context",
    file: "queue/bullmq/create-worker.ts",
    changes: [["runDetached(() => build(processor))", "build(processor)"]],
    killedBy: "a-worker-is-built-in-no-context",
  },
  {
    name: "pg-boss tries a refused job again",
    file: "queue/pg-boss/settle-job.ts",
    changes: [['status: "deadletter"', 'status: "failed"']],
    killedBy: "refused-messages-are-kept",
  },
  {
    name: "NATS ends a refused message that nobody kept",
    file: "queue/nats/settle-message.ts",
    changes: [["await bury(message, deadLetterCode(error));", "deadLetterCode(error);"]],
    killedBy: "refused-messages-are-kept",
  },
  {
    name: "RabbitMQ gets a refused message back",
    file: "queue/amqplib/consume-jobs.ts",
    changes: [
      [
        'outcome.kind !== "failed" && outcome.kind !== "postponed") return false',
        'outcome.kind === "done") return false',
      ],
    ],
    killedBy: "refused-messages-are-kept",
  },
  {
    name: "a Kafka message's key is not covered",
    file: "queue/kafka/payload.ts",
    changes: [["[...part(key), ...part(value)]", "[...part(value)]"]],
    killedBy: "refused-messages-are-kept",
  },
];
