import { runDetached, runInScope } from "../core/context.js";
import type { TenantScope } from "../core/scope.js";
import { isTenantryError } from "../core/tenantry-error.js";
import type { IncomingJob, JobOutcome, JobTenancy, OpenedJob } from "./contract.js";
import type { FairShare } from "./fair-share.js";
import { reportRefusal } from "./refusal-event.js";

/**
 * The one way of a job from a queue to the work: open the seal, ask the registry, run in the scope
 * that comes of it, outside of whatever context the worker was built in. Never throws.
 */
export async function runJob<T>(
  tenancy: JobTenancy,
  job: IncomingJob,
  work: (opened: OpenedJob) => Promise<T> | T,
  fairShare?: FairShare,
): Promise<JobOutcome<T>> {
  return runDetached(async () => {
    let opened: OpenedJob;
    try {
      opened = await tenancy.openJob(job.seal, { ...job, payload: job.payload() });
    } catch (error) {
      return notOpened(tenancy, job, error);
    }
    return admitted(opened.scope, fairShare, () => inScope(opened, work));
  });
}

async function inScope<T>(
  opened: OpenedJob,
  work: (opened: OpenedJob) => Promise<T> | T,
): Promise<JobOutcome<T>> {
  try {
    return { kind: "done", result: await runInScope(opened.scope, () => work(opened)) };
  } catch (error) {
    return { kind: "failed", error };
  }
}

async function admitted<T>(
  scope: TenantScope,
  fairShare: FairShare | undefined,
  work: () => Promise<JobOutcome<T>>,
): Promise<JobOutcome<T>> {
  const admission = fairShare?.admit(scope.tenant.id);
  if (admission === undefined) return work();
  if (!admission.admitted) return { kind: "deferred", delay: admission.delay };
  try {
    return await work();
  } finally {
    admission.done();
  }
}

function notOpened(
  tenancy: JobTenancy,
  job: IncomingJob,
  thrown: unknown,
): Extract<JobOutcome<never>, { kind: "postponed" | "refused" }> {
  const error = thrown instanceof Error ? thrown : new Error(String(thrown));
  const kind = canChange(error) ? "postponed" : "refused";
  reportRefusal(tenancy.events, job, error, kind);
  return { kind, error };
}

/** Whether trying again can end otherwise: no seal gets better by waiting. */
function canChange(error: Error): boolean {
  if (isTenantryError(error, "TENANT_INACTIVE")) return error.cause === "suspended";
  return isTenantryError(error, "REGISTRY_UNAVAILABLE");
}
