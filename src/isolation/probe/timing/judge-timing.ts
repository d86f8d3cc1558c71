import { differences, median, quantile, rankTest, shift } from "./rank-test.js";

/** Milliseconds for a foreign id and for two ids that never existed, taken in turns. */
export interface TimingSamples {
  readonly foreign: readonly number[];
  readonly missing: readonly number[];
  /** Of a second id that never existed: what the machine's noise alone does. */
  readonly control: readonly number[];
}

export interface TimingVerdict {
  readonly kind: "same" | "different" | "noisy" | "weak" | "too few";
  /** The least difference in milliseconds that nine of ten such tests find. */
  readonly detectable: number;
  /** With the numbers, for people. */
  readonly words: string;
}

/** Fewer than this say nothing. */
export const fewestTimings = 20;
const level = 0.0001;
/** The least share of pairs in which one must be the slower. */
const leastSuperiority = 0.55;
/** A test that would not show a difference of so many milliseconds proves nothing. */
const tolerated = 1;
/** An effect that nobody could use is not reported. */
const leastMilliseconds = 0.15;
const leastShare = 0.1;

/**
 * A difference counts where it is significant, large enough to be used, and not there without a cause. Two are
 * the same only where a difference of a millisecond would have shown.
 */
export function judgeTiming({ foreign, missing, control }: TimingSamples): TimingVerdict {
  const count = Math.min(foreign.length, missing.length, control.length);
  if (count < fewestTimings)
    return {
      kind: "too few",
      detectable: Infinity,
      words: `${count} samples; ${fewestTimings} are the least`,
    };
  const detectable = Math.max(
    detectableBetween(missing, control, count),
    detectableBetween(foreign, missing, count),
  );
  if (compare(missing, control).counts) {
    const words = "two ids that never existed differed in time as well";
    return { kind: "noisy", detectable, words };
  }
  const difference = compare(foreign, missing);
  // Against both: chance would have to strike twice, and in the same direction.
  const again = compare(foreign, control);
  const agrees = Math.sign(again.milliseconds) === Math.sign(difference.milliseconds);
  if (difference.counts && again.counts && agrees)
    return { kind: "different", detectable, words: describe(difference, count) };
  const words = `a difference below ${detectable.toFixed(2)} ms would not have shown in ${count} samples each`;
  return { kind: detectable > tolerated ? "weak" : "same", detectable, words };
}

/** What a test must reach: its own bound, and as much again as chance takes from it in nine of ten runs. */
const certainty = { level: 3.89, power: 1.28 };

/**
 * The least shift between two samples of this spread that nine of ten tests would find: as far as the share of
 * pairs that it turns must exceed a half.
 */
function detectableBetween(
  first: readonly number[],
  second: readonly number[],
  count: number,
): number {
  const deviation = Math.sqrt((2 * count + 1) / (12 * count ** 2));
  const share = Math.max(
    leastSuperiority + certainty.power * deviation,
    0.5 + (certainty.level + certainty.power) * deviation,
  );
  if (share >= 1) return Infinity;
  const all = differences(first, second);
  const centre = median(all);
  const apart = all.map((each) => Math.abs(each - centre));
  // The spread is taken as even on both sides: a share of pairs beyond the centre is twice that of one side.
  const needed = quantile(apart, 2 * share - 1);
  return Math.max(needed, leastMilliseconds, leastShare * median(second));
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
