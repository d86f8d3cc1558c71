import { currentScope } from "../core/context.js";
import { readmit } from "../core/readmit.js";
import { openJobSeal, sealJob, type JobIdentity } from "../core/seal/job-seal.js";
import type { KeyRing } from "../core/seal/key-ring.js";
import type { TenantLookup } from "../core/tenant.js";
import type { JobTenancy, OpenedJob } from "./contract.js";

/** The part of a Tenantry that queues use. */
export function createJobTenancy(
  keys: KeyRing,
  lookup: TenantLookup,
): Pick<JobTenancy, "sealJob" | "openJob"> {
  return {
    sealJob: (options) => sealJob(keys, currentScope(), options),
    openJob: (seal, job) => openJob(keys, lookup, seal, job),
  };
}

async function openJob(
  keys: KeyRing,
  lookup: TenantLookup,
  seal: unknown,
  job: JobIdentity,
): Promise<OpenedJob> {
  const { expiresAt, ...sealed } = openJobSeal(keys, seal, job);
  const detail = `${job.queue}, until ${new Date(expiresAt * 1000).toISOString()}`;
  return { scope: await readmit(lookup, sealed, { source: "job", detail }), expiresAt };
}
