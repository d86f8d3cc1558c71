import type { TenantScope } from "../core/scope.js";

/**
 * A key of the tenant's own: ids of jobs, of schedules and of deduplication are shared by all who
 * use a queue, so without this one tenant's job would silently take the place of another's.
 */
export function tenantKey(scope: TenantScope, key: string): string {
  return `${scope.tenant.id}.${key}`;
}
