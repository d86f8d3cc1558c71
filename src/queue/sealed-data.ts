import { TenantryError } from "../core/tenantry-error.js";
import type { SealJobOptions } from "../core/seal/job-seal.js";
import { canonicalJson } from "./canonical-json.js";
import type { JobTenancy } from "./contract.js";

/**
 * The envelope of queues whose jobs are JSON and have no headers: the seal is one more member of the
 * job's data, so that dashboards and other readers find the rest where it always was.
 */
export const sealMember = "tenantry:seal";

export type JobData = Readonly<Record<string, unknown>>;

/** @throws {TenantryError} `CONFIG_INVALID`, `SCOPE_REQUIRED` */
export function sealData(
  tenancy: JobTenancy,
  data: unknown,
  job: Omit<SealJobOptions, "payload">,
): JobData {
  const plain = plainData(data ?? {});
  return { ...plain, [sealMember]: tenancy.sealJob({ ...job, payload: canonicalJson(plain) }) };
}

/** What a worker finds: the seal, and the data without it. Never throws. */
export function splitData(data: unknown): { seal: unknown; data: unknown } {
  if (typeof data !== "object" || data === null || Array.isArray(data)) {
    return { seal: undefined, data };
  }
  const { [sealMember]: seal, ...rest } = data as JobData;
  return { seal, data: rest };
}

function plainData(data: unknown): JobData {
  if (typeof data === "object" && data !== null && !Array.isArray(data) && !(sealMember in data)) {
    return data as JobData;
  }
  throw new TenantryError("CONFIG_INVALID", {
    message: `A job's data is no object, or already has a member ${JSON.stringify(sealMember)}.`,
    fix: "Pass an object of your own: { value } in place of a bare value.",
  });
}
