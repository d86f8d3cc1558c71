import { TenantryError } from "../../core/tenantry-error.js";
import type { JobTenancy } from "../contract.js";
import { sealBullJob, type SealingOptions } from "./seal-job.js";
import type { BullFlow } from "./slices.js";

/** Most jobs in one flow. */
const mostJobs = 10_000;

/**
 * A flow for the tenant of the active scope: every job of the tree sealed for its own queue. Pass it
 * to `flowProducer.add`.
 * @throws {TenantryError} `SCOPE_REQUIRED`, `CONFIG_INVALID`
 */
export function sealFlow<Flow extends BullFlow>(
  tenancy: JobTenancy,
  flow: Flow,
  options: SealingOptions = {},
): Flow {
  let jobs = 0;
  const seal = (one: BullFlow): BullFlow => {
    if ((jobs += 1) > mostJobs) throw tooLarge();
    const { name, queueName, data, opts, children } = one;
    return {
      ...one,
      ...sealBullJob(tenancy, queueName, name, data, opts, options),
      ...(children === undefined ? {} : { children: children.map(seal) }),
    };
  };
  return seal(flow) as Flow;
}

function tooLarge(): TenantryError {
  return new TenantryError("CONFIG_INVALID", {
    message: `A flow has more than ${mostJobs} jobs.`,
    fix: "Add it in parts.",
  });
}
