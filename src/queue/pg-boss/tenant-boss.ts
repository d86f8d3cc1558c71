import { runDetached } from "../../core/context.js";
import type { JobTenancy } from "../contract.js";
import { sealData } from "../sealed-data.js";
import { tenantKey } from "../tenant-key.js";
import { ownKeys, sealBossJob, type SealingOptions } from "./seal-job.js";
import type { Boss, BossInsert, BossJob, BossJobOptions } from "./slices.js";
import { settleJob } from "./settle-job.js";

export interface TenantBossOptions extends SealingOptions {
  /**
   * Whole seconds that a schedule goes on for unless it is set again. Default 7,776,000 (90 days);
   * at most 366 days.
   */
  readonly scheduleLifetimeSeconds?: number;
}

export interface TenantBoss {
  /** As pg-boss's `send(name, data, options)`. */
  send(
    name: string,
    data?: object | null,
    options?: BossJobOptions & object,
  ): Promise<string | null>;
  /** As pg-boss's `insert(name, jobs, options)`. */
  insert(name: string, jobs: readonly BossInsert[], options?: object): Promise<string[] | null>;
  /** As pg-boss's `schedule`; the key is the tenant's own. */
  schedule(
    name: string,
    cron: string,
    data?: object | null,
    options?: BossJobOptions & { readonly key?: string },
  ): Promise<void>;
  unschedule(name: string, key?: string): Promise<void>;
  /**
   * Works a queue off, each job in the scope that was sealed into it. `options` are pg-boss's own,
   * without `perJobResults` and `transactional`.
   */
  work<Job extends BossJob>(
    name: string,
    options: object,
    work: (job: Job) => unknown,
  ): Promise<string>;
}

/**
 * Sends and works pg-boss's jobs for tenants. pg-boss needs a connection of its own that is no
 * scoped pool: its tables belong to no tenant.
 * @throws {TenantryError} on use `SCOPE_REQUIRED`, `CONFIG_INVALID`
 */
export function tenantBoss(
  tenancy: JobTenancy,
  boss: Boss,
  options: TenantBossOptions = {},
): TenantBoss {
  const { scheduleLifetimeSeconds = 90 * 86_400 } = options;
  return {
    async send(name, data, how = {}) {
      const sealed = sealBossJob(tenancy, name, data, how, options);
      return boss.send(name, sealed.data, sealed.options);
    },
    async insert(name, jobs, how) {
      const sealed = jobs.map((job) => {
        const one = sealBossJob(tenancy, name, job.data, job, options);
        return { ...one.options, data: one.data };
      });
      return boss.insert(name, sealed, how);
    },
    async schedule(name, cron, data, how = {}) {
      // Its jobs get ids of pg-boss's making, so the seal is for none in particular.
      const sealed = sealData(tenancy, data, {
        queue: name,
        lifetimeSeconds: scheduleLifetimeSeconds,
      });
      const key = tenantKey(tenancy.scope(), how.key ?? "");
      await boss.schedule(name, cron, sealed, { ...ownKeys(tenancy, how), key });
    },
    async unschedule(name, key = "") {
      await boss.unschedule(name, tenantKey(tenancy.scope(), key));
    },
    async work<Job extends BossJob>(name: string, how: object, work: (job: Job) => unknown) {
      const settings = { ...how, perJobResults: true, includeMetadata: true };
      const handler = (jobs: Job[]) =>
        Promise.all(jobs.map((job) => settleJob(tenancy, name, job, work)));
      return runDetached(() => boss.work(name, settings, handler));
    },
  };
}
