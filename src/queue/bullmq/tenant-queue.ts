import type { JobTenancy } from "../contract.js";
import { sealData } from "../sealed-data.js";
import { tenantKey } from "../tenant-key.js";
import { sealBullJob, type SealingOptions } from "./seal-job.js";
import type { BullQueue, BullRepeatOptions } from "./slices.js";

export interface TenantQueueOptions extends SealingOptions {
  /**
   * Whole seconds that a job scheduler goes on for unless it is upserted again. Default 7,776,000
   * (90 days); at most 366 days.
   */
  readonly scheduleLifetimeSeconds?: number;
}

/** The calls of a BullMQ queue that Tenantry takes over, with the queue's own types. */
export type TenantQueue<Queue extends BullQueue> = Pick<
  Queue,
  "add" | "addBulk" | "upsertJobScheduler" | "removeJobScheduler"
>;

/**
 * Adds jobs to a BullMQ queue for the tenant of the active scope. Ids of jobs, schedulers and
 * deduplication become the tenant's own: `<tenant>.<id>`. Data must be objects.
 * @throws {TenantryError} on use `SCOPE_REQUIRED`, `CONFIG_INVALID`
 */
export function tenantQueue<Queue extends BullQueue>(
  tenancy: JobTenancy,
  queue: Queue,
  options: TenantQueueOptions = {},
): TenantQueue<Queue> {
  const { scheduleLifetimeSeconds = 90 * 86_400 } = options;
  const calls: Omit<BullQueue, "name"> = {
    async add(name, data, how) {
      const sealed = sealBullJob(tenancy, queue.name, name, data, how, options);
      return queue.add(name, sealed.data, sealed.opts);
    },
    async addBulk(jobs) {
      const sealed = jobs.map((job) => ({
        ...job,
        ...sealBullJob(tenancy, queue.name, job.name, job.data, job.opts, options),
      }));
      return queue.addBulk(sealed);
    },
    async upsertJobScheduler(id, repeat, template = {}) {
      const schedule = tenantKey(tenancy.scope(), id);
      // As BullMQ does where the template has no name.
      const { name = schedule } = template;
      const data = sealData(tenancy, template.data, {
        queue: queue.name,
        name,
        schedule,
        dueAt: startOf(repeat),
        lifetimeSeconds: scheduleLifetimeSeconds,
      });
      return queue.upsertJobScheduler(schedule, repeat, { ...template, name, data });
    },
    async removeJobScheduler(id) {
      return queue.removeJobScheduler(tenantKey(tenancy.scope(), id));
    },
  };
  // Each takes what the queue's own takes, and gives what that gives.
  return calls;
}

function startOf({ startDate }: BullRepeatOptions): number {
  return startDate === undefined ? Date.now() : new Date(startDate).getTime();
}
