import { median, rankTest, shift } from "./rank-test.js";

/** Milliseconds for a foreign id and for two ids that never existed, taken in turns. */
export interface TimingSamples {
  readonly foreign: readonly number[];
  readonly missing: readonly number[];
  /** Of a second id that never existed: what the machine's noise alone does. */
  readonly control: readonly number[];
}

export interface TimingVerdict {
  readonly kind: "same" | "different" | "noisy" | "too few";
  /** With the numbers, for people. */
  readonly words: string;
}

/** Fewer than this say nothing. */
export const fewestTimings = 20;
const level = 0.001;
/** The least share of pairs in which one must be the slower. */
const leastSuperiority = 0.75;
/** An effect that nobody could use is not reported. */
const leastMilliseconds = 0.15;
const leastShare = 0.1;

/** A difference counts where it is significant, large enough to be used, and not there without a cause. */
export function judgeTiming({ foreign, missing, control }: TimingSamples): TimingVerdict {
  const count = Math.min(foreign.length, missing.length, control.length);
  if (count < fewestTimings)
    return { kind: "too few", words: `${count} samples; ${fewestTimings} are the least` };
  const difference = compare(foreign, missing);
  const words = describe(difference, count);
  if (compare(missing, control).counts) {
    return { kind: "noisy", words: "two ids that never existed differed in time as well" };
  }
  // Against both: chance would have to strike twice, and in the same direction.
  const again = compare(foreign, control);
  const agrees = Math.sign(again.milliseconds) === Math.sign(difference.milliseconds);
  return { kind: difference.counts && again.counts && agrees ? "different" : "same", words };
}

interface Difference {
  readonly p: number;
  readonly superiority: number;
  readonly milliseconds: number;
  readonly counts: boolean;
}

function compare(first: readonly number[], second: readonly number[]): Difference {
  const { p, superiority } = rankTest(first, second);
  const milliseconds = shift(first, second);
  const floor = Math.max(leastMilliseconds, leastShare * median(second));
  const strength = Math.max(superiority, 1 - superiority);
  const counts = p < level && strength >= leastSuperiority && Math.abs(milliseconds) >= floor;
  return { p, superiority, milliseconds, counts };
}

function describe({ p, superiority, milliseconds }: Difference, count: number): string {
  const share = Math.round(Math.max(superiority, 1 - superiority) * 100);
  const slower = milliseconds >= 0 ? "slower" : "faster";
  const chance = p < 1e-6 ? "p < 0.000001" : `p = ${p.toPrecision(2)}`;
  return `the foreign id was ${slower} by ${Math.abs(milliseconds).toFixed(2)} ms in ${share} % of pairs (${chance}, ${count} samples each)`;
}
