import { currentScope } from "../core/context.js";
import { issueScope } from "../core/scope.js";
import { openJobSeal, sealJob, type JobIdentity } from "../core/seal/job-seal.js";
import type { KeyRing } from "../core/seal/key-ring.js";
import type { TenantLookup } from "../core/tenant.js";
import { TenantryError } from "../core/tenantry-error.js";
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
  const { tenantId, actor, expiresAt } = openJobSeal(keys, seal, job);
  // The seal proves whose job it is; whether that tenant may still work is for the registry to say.
  const tenant = await lookup.find({ by: "id", value: tenantId });
  if (tenant === null) {
    throw new TenantryError("TENANT_NOT_FOUND", {
      message: `A job is for tenant ${tenantId}, which the registry does not have.`,
      fix: "Let producers and workers use one registry.",
    });
  }
  if (tenant.status !== "active") {
    throw new TenantryError("TENANT_INACTIVE", {
      message: `A job is for tenant ${tenantId}, which is ${tenant.status}.`,
      fix: "Reactivate the tenant and retry the job, or remove the job.",
      // What tells a wait from an end.
      cause: tenant.status,
    });
  }
  const detail = `${job.queue}, until ${new Date(expiresAt * 1000).toISOString()}`;
  return { scope: issueScope(tenant, actor, [{ source: "job", detail }]), expiresAt };
}
