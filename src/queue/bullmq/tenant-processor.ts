import type { IncomingJob, JobOutcome, JobTenancy, OpenedJob } from "../contract.js";
import { canonicalJson } from "../canonical-json.js";
import { createFairShare, type FairShareOptions } from "../fair-share.js";
import { runJob } from "../run-job.js";
import { sealData, splitData } from "../sealed-data.js";
import type { BullJob } from "./slices.js";

export interface TenantProcessorOptions {
  /** Bounds one tenant's share of this worker. Default: no bound. */
  readonly fairShare?: FairShareOptions;
}

/** Fits the processor of BullMQ's Worker. */
export type BullProcessor<Job, Result> = (
  job: Job,
  token?: string,
  signal?: AbortSignal,
) => Promise<Result>;

/**
 * Wraps a worker's processor: it runs in the scope that was sealed into the job, and `job.data` is
 * what the producer passed. A refused job fails at once, without further attempts.
 * @throws {TenantryError} `CONFIG_INVALID`
 */
export function tenantProcessor<Job extends BullJob, Result>(
  tenancy: JobTenancy,
  work: BullProcessor<Job, Result>,
  options: TenantProcessorOptions = {},
): BullProcessor<Job, Result> {
  const fairShare =
    options.fairShare === undefined ? undefined : createFairShare(options.fairShare);
  const processor: BullProcessor<Job, Result> = async (job, token, signal) => {
    const { seal, data } = splitData(job.data);
    const incoming: IncomingJob = {
      seal,
      queue: job.queueName,
      name: job.name,
      payload: () => canonicalJson(data),
      ...identityOf(job),
    };
    const outcome = await runJob(
      tenancy,
      incoming,
      (opened) => work(opening(tenancy, job, data, opened), token, signal),
      fairShare,
    );
    return conclude(outcome, job, token);
  };
  // BullMQ makes an AbortController for each job of a processor that has a third parameter.
  return work.length > 2 ? processor : (job, token) => processor(job, token);
}

/** A job scheduler's jobs have ids that BullMQ makes: the scheduler's, and the time. */
function identityOf({ id, repeatJobKey }: BullJob): Pick<IncomingJob, "id" | "schedule"> {
  const own = id === undefined ? {} : { id };
  return repeatJobKey === undefined ? own : { ...own, schedule: repeatJobKey };
}

/** The job as the work is to see it: without its seal, and sealed anew when its data changes. */
function opening<Job extends BullJob>(
  tenancy: JobTenancy,
  job: Job,
  data: unknown,
  { expiresAt }: OpenedJob,
): Job {
  const update = job.updateData.bind(job);
  job.data = data;
  job.updateData = async (changed) => {
    const lifetimeSeconds = Math.max(1, expiresAt - Math.floor(Date.now() / 1000));
    const { queueName: queue, name } = job;
    // A schedule's jobs are apart from it once they exist: the change is this job's alone.
    const identity = { queue, name, lifetimeSeconds, ...identityOf(job) };
    await update(sealData(tenancy, changed, identity));
    job.data = changed;
  };
  return job;
}

async function conclude<Result>(
  outcome: JobOutcome<Result>,
  job: BullJob,
  token: string | undefined,
): Promise<Result> {
  switch (outcome.kind) {
    case "done":
      return outcome.result;
    case "deferred":
      await job.moveToDelayed(Date.now() + outcome.delay, token);
      throw named("DelayedError", new Error("The tenant has its share of this worker."));
    case "refused":
      throw named("UnrecoverableError", outcome.error);
    case "failed":
    case "postponed":
      throw outcome.error;
  }
}

/** BullMQ knows its own errors by name: so ours need no class of its. */
function named(name: string, error: Error): Error {
  return Object.defineProperty(error, "name", { value: name });
}
