import { AsyncResource } from "node:async_hooks";
import { runDetached } from "../core/context.js";

/** Computations that nobody waits for. */
export interface Refreshes {
  /** Starts `work` unless as many are under way as may be. It never rejects to anybody. */
  start(tenantId: string, work: () => Promise<unknown>, onFailure: (error: unknown) => void): void;
}

/** @param most of all tenants together; one tenant has a quarter of it, and at least one */
export function createRefreshes(most: number): Refreshes {
  const mostPerTenant = Math.max(1, Math.floor(most / 4));
  const perTenant = new Map<string, number>();
  let all = 0;
  // What a request carries along (a transaction, a span) may be over before the refresh is.
  const outside = new AsyncResource("tenantry.cache.refresh");
  return {
    start(tenantId, work, onFailure) {
      const its = perTenant.get(tenantId) ?? 0;
      if (all >= most || its >= mostPerTenant) return;
      all += 1;
      perTenant.set(tenantId, its + 1);
      const done = (): void => {
        all -= 1;
        const left = perTenant.get(tenantId)! - 1;
        if (left === 0) perTenant.delete(tenantId);
        else perTenant.set(tenantId, left);
      };
      outside.runInAsyncScope(() => runDetached(() => void work().catch(onFailure).finally(done)));
    },
  };
}
