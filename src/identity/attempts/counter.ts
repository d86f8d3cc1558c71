import type { LimitKey } from "../../limits/key.js";
import type { RateStore } from "../../limits/store/contract.js";
import type { Allowance } from "./allowance.js";

/** What one attempt has taken from one counter. */
export interface Taken {
  /** Whole seconds until the window ends, where the allowance was used up; else null. */
  readonly refusedFor: number | null;
  /** Takes one failure back: this one. */
  giveBack(): Promise<void>;
  /** Takes back all that were counted until this one. */
  forgive(): Promise<void>;
}

/** Near its end a window is left alone: what came too late would be taken from the next one. */
const margin = 1_000;

/** Takes one failure from an allowance, in one atomic step. */
export async function takeFrom(
  store: RateStore,
  key: LimitKey,
  { failures, within }: Allowance,
): Promise<Taken> {
  const { taken, resetIn } = await store.add(key, 1);
  const endsAt = performance.now() + resetIn;
  const subtract = async (cost: number): Promise<void> => {
    if (performance.now() > endsAt - margin) return;
    const left = await store.add(key, -cost);
    // Several at once may take the same failures back: each returns what it took below nothing.
    const tooMuch = Math.min(cost, -left.taken);
    if (tooMuch > 0) await store.add(key, tooMuch);
  };
  const refused = taken > failures;
  return {
    refusedFor: refused ? Math.min(within, Math.max(1, Math.ceil(resetIn / 1_000))) : null,
    giveBack: () => subtract(1),
    forgive: () => subtract(Math.max(1, taken)),
  };
}
