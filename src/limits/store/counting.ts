import { runDetached } from "../../core/context.js";
import { textOf, type LimitKey } from "../key.js";
import type { Count, RateStore, StoreSettings } from "./contract.js";

/** The slice of rate-limiter-flexible's limiters that counts. */
interface Counter {
  penalty(
    key: string,
    points: number,
  ): Promise<{ readonly consumedPoints: number; readonly msBeforeNext: number }>;
}

/**
 * The library counts, in one atomic step, and never refuses: what a tenant may take is compared by the
 * limit, as it differs from plan to plan. In no context, so that timers and connections which the
 * counting begins do not keep a tenant's.
 */
export function counting(limiter: Counter, { duration }: StoreSettings): RateStore {
  return {
    add: (key: LimitKey, cost: number): Promise<Count> =>
      runDetached(async () => {
        const { consumedPoints, msBeforeNext } = await limiter.penalty(textOf(key), cost);
        if (!Number.isFinite(consumedPoints)) throw new Error("the store gave no count");
        return { taken: consumedPoints, resetIn: within(msBeforeNext, duration * 1000) };
      }),
  };
}

/** Clocks of several machines may differ, and a key may be gone by the time its age is asked for. */
function within(milliseconds: number, longest: number): number {
  return milliseconds > 0 && milliseconds <= longest ? milliseconds : longest;
}
