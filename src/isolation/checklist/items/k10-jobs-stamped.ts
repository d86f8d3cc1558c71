import { sealMember } from "../../../queue/sealed-data.js";
import type { Found } from "../../checks/check.js";
import { leavesOf } from "../../probe/compare/leaves.js";
import { isTenantName } from "../../probe/identity/identity.js";
import { readBossJobs } from "../database/boss-jobs.js";
import type { KnownTenants } from "../database/known-tenants.js";
import type { Inputs } from "../inputs.js";
import { judged, Unanswered, type Answer, type Item } from "../item.js";
import { bullJobs, bullQueues } from "../redis/bull.js";
import { tenantsOf } from "../tenants.js";

export const k10: Item = {
  id: "K10",
  name: "jobs-stamped",
  severity: "high",
  question: "Does every job say whose it is",
  title: "Jobs that do not say whose they are",
  meaning:
    "A worker that finds no tenant in a job works for none, for the last one's, or for all: it reads and writes across tenants where no request and no user is there to notice.",
  needs: ["database", "redis", "repository"],
  async answer(inputs) {
    const { jobs, looked } = await jobsIn(inputs);
    if (jobs.length === 0) return withoutJobs(inputs, looked);
    const tenants = await tenantsOf(inputs);
    const stamps = jobs.map((job) => ({ job, stamp: stampOf(job.data, tenants) }));
    const count = (kind: Stamp) => stamps.filter(({ stamp }) => stamp === kind).length;
    const evidence = `${jobs.length} jobs of ${new Set(jobs.map(({ queue }) => queue)).size} queues in ${looked.join(" and ")}: ${count("sealed")} bear Tenantry's seal, ${count("named")} a tenant's id, ${count("none")} neither.`;
    return judged(
      findingsFor(stamps.filter(({ stamp }) => stamp === "none").map(({ job }) => job)),
      evidence,
    );
  },
};

interface Job {
  readonly queue: string;
  readonly id: string;
  readonly data: unknown;
}

async function jobsIn({ given: { jobDatabases, redis } }: Inputs) {
  const looked: string[] = [];
  const jobs: Job[] = [];
  if (jobDatabases.length > 0) looked.push("PostgreSQL (pg-boss)");
  for (const ask of jobDatabases) jobs.push(...(await readBossJobs(ask)));
  if (redis !== undefined) {
    looked.push("Redis (BullMQ)");
    const found = await bullJobs(redis, await bullQueues(redis));
    jobs.push(...found.map((job) => ({ ...job, data: parsed(job.data) })));
  }
  return { jobs, looked };
}

type Stamp = "sealed" | "named" | "none";

/** Tenantry's seal; or a field that is called after a tenant, or holds a known one. */
export function stampOf(data: unknown, tenants: KnownTenants): Stamp {
  if (typeof data !== "object" || data === null) return "none";
  const seal = (data as Record<string, unknown>)[sealMember];
  if (typeof seal === "string") {
    const [, tenant] = /^t1\.[^.]+\.\d+\.([^.]+)\.[^.]*\.[^.]+$/.exec(seal) ?? [];
    // Nobody but the service has the key: what is seen is whose the seal says to be.
    return tenant !== undefined && (tenants.size === 0 || tenants.has(tenant)) ? "sealed" : "none";
  }
  const isNamed = [...leavesOf(data)].some(([path, leaf]) => {
    const value = leaf.replace(/^"|"$/g, "");
    if (tenants.size > 0) return tenants.has(value);
    return isTenantName(path.split(".").at(-1)!) && !["", "null"].includes(value);
  });
  return isNamed ? "named" : "none";
}

function findingsFor(jobs: readonly Job[]): readonly Found[] {
  const queues = [...new Set(jobs.map(({ queue }) => queue))];
  return queues.map((queue) => {
    const own = jobs.filter((job) => job.queue === queue);
    return {
      subject: `queue ${queue}`,
      message: `${own.length} ${own.length === 1 ? "job says" : "jobs say"} nowhere whose they are, as ${own[0]!.id}.`,
      mend: "Add them through tenantQueue of tenantry/bullmq or tenantBoss of tenantry/pg-boss, inside a tenant's scope; or put the tenant's id into their data and enter its scope before anything else.",
    };
  });
}

const clients =
  /^(bullmq|bull|bee-queue|pg-boss|graphile-worker|agenda|amqplib|kafkajs|nats|@nats-io\/.+|@aws-sdk\/client-sqs|@google-cloud\/(tasks|pubsub)|inngest|@trigger\.dev\/.+|@temporalio\/.+)$/;
const looksAt = new Map([
  ["bullmq", "redis"],
  ["pg-boss", "database"],
] as const);

/** No job is a pass only where the service has no queue at all. */
function withoutJobs({ given }: Inputs, looked: readonly string[]): Answer {
  const seen =
    looked.length === 0 ? "Nothing was looked at" : `No job was found in ${looked.join(" and ")}`;
  const { repository } = given;
  if (repository === undefined) {
    const others = [
      given.database === undefined ? "--database-url" : "--jobs-url",
      ...(given.redis === undefined ? ["--redis-url"] : []),
    ];
    throw new Unanswered(
      `${seen}: give ${others.join(", ")}, or --repository to see whether there are queues.`,
    );
  }
  const named = repository.dependencies();
  const found = [...named].filter((name) => clients.test(name));
  if (found.length === 0) {
    return {
      verdict: "not applicable",
      evidence: `${seen}, and none of the ${named.size} packages that the repository names is a queue's client.`,
    };
  }
  const unseen = found.filter((name) => !looksAt.has(name as "bullmq"));
  const blind =
    unseen.length === 0 ? "" : ` What ${unseen.join(", ")} carries cannot be looked at.`;
  throw new Unanswered(
    `${seen}, and the packages name ${found.join(", ")}: give --redis-url, or --jobs-url, of the one that the service has used.${blind}`,
  );
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
