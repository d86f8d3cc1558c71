import { newUuid } from "../../core/uuid.js";
import type { JobTenancy } from "../contract.js";
import { sealData, type JobData } from "../sealed-data.js";
import { tenantKey } from "../tenant-key.js";
import type { BullJobOptions } from "./slices.js";

export interface SealingOptions {
  /** Whole seconds that a job may wait after it is due. Default 604,800 (7 days); at most 366 days. */
  readonly lifetimeSeconds?: number;
}

export interface SealedBullJob {
  readonly data: JobData;
  readonly opts: BullJobOptions;
}

/**
 * One job as it is to be added: its data with the seal in it, and ids that are the tenant's own. A
 * job without an id is given one, so that every seal is for one job.
 * @throws {TenantryError} `SCOPE_REQUIRED`, `CONFIG_INVALID`
 */
export function sealBullJob(
  tenancy: JobTenancy,
  queue: string,
  name: string,
  data: unknown,
  options: BullJobOptions = {},
  { lifetimeSeconds }: SealingOptions = {},
): SealedBullJob {
  const scope = tenancy.scope();
  const { jobId = newUuid(), delay = 0, deduplication } = options;
  const id = tenantKey(scope, jobId);
  const sealed = sealData(tenancy, data, {
    queue,
    name,
    id,
    dueAt: Date.now() + Math.max(delay, 0),
    ...(lifetimeSeconds === undefined ? {} : { lifetimeSeconds }),
  });
  const own =
    deduplication === undefined
      ? {}
      : { deduplication: { ...deduplication, id: tenantKey(scope, deduplication.id) } };
  return { data: sealed, opts: { ...options, ...own, jobId: id } };
}
