import { TenantryError } from "../../core/tenantry-error.js";
import { newUuid } from "../../core/uuid.js";
import type { JobTenancy } from "../contract.js";
import { sealData, type JobData } from "../sealed-data.js";
import { tenantKey } from "../tenant-key.js";
import type { BossJobOptions } from "./slices.js";

export interface SealingOptions {
  /** Whole seconds that a job may wait after it is due. Default 604,800 (7 days); at most 366 days. */
  readonly lifetimeSeconds?: number;
}

/**
 * One job as it is to be sent: sealed, with an id, with keys that are the tenant's own, and in the
 * tenant's group, so that a worker's `localGroupConcurrency` is a fair share.
 * @throws {TenantryError} `SCOPE_REQUIRED`, `CONFIG_INVALID`
 */
export function sealBossJob<Options extends BossJobOptions>(
  tenancy: JobTenancy,
  queue: string,
  data: unknown,
  options: Options,
  { lifetimeSeconds }: SealingOptions,
): { data: JobData; options: Options & { readonly id: string } } {
  const { id = newUuid() } = options;
  const sealed = sealData(tenancy, data, {
    queue,
    id,
    dueAt: dueAt(options.startAfter),
    ...(lifetimeSeconds === undefined ? {} : { lifetimeSeconds }),
  });
  return { data: sealed, options: { ...ownKeys(tenancy, options), id } };
}

/** Group and singleton key, shared by all who use a queue, as the tenant's own. */
export function ownKeys<Options extends BossJobOptions>(
  tenancy: JobTenancy,
  options: Options,
): Options {
  const scope = tenancy.scope();
  const { group, singletonKey } = options;
  return {
    ...options,
    group: { ...group, id: group === undefined ? scope.tenant.id : tenantKey(scope, group.id) },
    ...(singletonKey === undefined ? {} : { singletonKey: tenantKey(scope, singletonKey) }),
  };
}

/** As pg-boss reads it: numbers, also written as text, are seconds from now. */
function dueAt(startAfter: BossJobOptions["startAfter"]): number {
  if (startAfter === undefined) return Date.now();
  if (startAfter instanceof Date) return startAfter.getTime();
  const seconds = Number(startAfter);
  const at = Number.isNaN(seconds) ? Date.parse(String(startAfter)) : Date.now() + seconds * 1000;
  if (!Number.isNaN(at)) return at;
  throw new TenantryError("CONFIG_INVALID", {
    message: "`startAfter` of a job cannot be read.",
    fix: "Pass seconds, a Date, or its ISO 8601 text.",
  });
}
