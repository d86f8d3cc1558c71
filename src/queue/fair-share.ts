import { checkWhole } from "../core/check-whole.js";

export interface FairShareOptions {
  /** Jobs of one tenant that run at once in this worker, 1 to 1,000. Less than its concurrency. */
  readonly perTenant: number;
  /** Milliseconds before a job above that is looked at again, 10 to 60,000. Default 200. */
  readonly deferMilliseconds?: number;
}

export type Admission =
  { readonly admitted: true; done(): void } | { readonly admitted: false; readonly delay: number };

export interface FairShare {
  admit(tenantId: string): Admission;
}

/** Longest time that a job is put off at once, in milliseconds. */
const longestDelay = 300_000;

/** What a tenant's first job is taken to last, in milliseconds. */
const firstGuess = 10;

interface Load {
  running: number;
  /** When the last of the put-off jobs is to come back. */
  nextAt: number;
  /** A moving average of how long this tenant's jobs run, in milliseconds. */
  duration: number;
}

/**
 * Bounds how many of a worker's places one tenant holds. What is above its share is put off to
 * where, by the time its jobs have taken lately, there will be room: so a long backlog is moved out
 * of the way about once, and not again and again.
 * @throws {TenantryError} `CONFIG_INVALID`
 */
export function createFairShare(
  { perTenant, deferMilliseconds = 200 }: FairShareOptions,
  now: () => number = Date.now,
): FairShare {
  checkWhole("`perTenant` of a fair share", perTenant, 1, 1000);
  checkWhole("`deferMilliseconds` of a fair share", deferMilliseconds, 10, 60_000);
  /** Only tenants that run something now or have jobs put off. */
  const loads = new Map<string, Load>();

  function start(load: Load): Admission {
    const startedAt = now();
    load.running += 1;
    let ended = false;
    return {
      admitted: true,
      done() {
        if (ended) return;
        ended = true;
        load.running -= 1;
        load.duration = 0.8 * load.duration + 0.2 * (now() - startedAt);
      },
    };
  }

  return {
    admit(tenantId) {
      if (loads.size >= 10_000) forgetIdle(loads, now());
      const load = loads.get(tenantId) ?? { running: 0, nextAt: 0, duration: firstGuess };
      loads.set(tenantId, load);
      if (load.running < perTenant) return start(load);
      // Half of what it should take: coming back too early costs a move, too late an idle place.
      const slot = Math.max(load.duration, 1) / perTenant / 2;
      const earliest = now() + deferMilliseconds;
      load.nextAt = Math.min(Math.max(earliest, load.nextAt + slot), now() + longestDelay);
      // Jitter, lest several workers bring theirs back in step.
      return { admitted: false, delay: Math.ceil(load.nextAt - now() + Math.random() * slot) };
    },
  };
}

function forgetIdle(loads: Map<string, Load>, now: number): void {
  for (const [tenantId, { running, nextAt }] of loads) {
    if (running === 0 && nextAt < now) loads.delete(tenantId);
  }
}
