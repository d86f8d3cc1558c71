import { runDetached } from "../../core/context.js";
import type { JobTenancy } from "../contract.js";
import type { BullJob } from "./slices.js";
import {
  tenantProcessor,
  type BullProcessor,
  type TenantProcessorOptions,
} from "./tenant-processor.js";

/**
 * Builds a worker in no context at all, with its processor wrapped: a worker keeps for ever what it
 * was built in, and its listeners would see that request's tenant.
 * @param build makes the worker, with the processor that it is given
 * @throws {TenantryError} `CONFIG_INVALID`
 */
export function createTenantWorker<Worker, Job extends BullJob, Result>(
  tenancy: JobTenancy,
  work: BullProcessor<Job, Result>,
  build: (processor: BullProcessor<Job, Result>) => Worker,
  options: TenantProcessorOptions = {},
): Worker {
  const processor = tenantProcessor(tenancy, work, options);
  return runDetached(() => build(processor));
}
