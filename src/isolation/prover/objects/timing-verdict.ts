import { judgeTiming, type TimingSamples } from "../../probe/timing/judge-timing.js";

export interface TimingVerdict {
  /** `undecided`: more samples may tell. */
  readonly kind: "equal" | "different" | "undecided";
  /** With the numbers, for people. */
  readonly words: string;
}

/** Milliseconds: what differs by less is of no use to anybody. */
const leastUseful = 0.15;
/** Of the standard normal distribution: the bounds hold the true difference in 999 cases of 1000. */
const quantile = 3.29;

/**
 * No difference found is not the same as no difference: `equal` needs the bounds of the difference to
 * lie within what nobody could use.
 */
export function judgeLookUps(samples: TimingSamples): TimingVerdict {
  const { kind, words } = judgeTiming(samples);
  if (kind === "different") return { kind, words };
  if (kind !== "same") return { kind: "undecided", words };
  const absent = [...samples.missing, ...samples.control];
  const { low, high } = shiftBounds(samples.foreign, absent);
  const between = `the difference lies between ${low.toFixed(3)} and ${high.toFixed(3)} ms`;
  if (Math.max(Math.abs(low), Math.abs(high)) < leastUseful) {
    return { kind: "equal", words: between };
  }
  return {
    kind: "undecided",
    words: `${between} after ${samples.foreign.length} look-ups of each, which cannot exclude ${leastUseful} ms: time it on a quieter machine`,
  };
}

/** Hodges and Lehmann's interval for how much greater the first is, by the normal approximation. */
export function shiftBounds(
  first: readonly number[],
  second: readonly number[],
): { readonly low: number; readonly high: number } {
  const pairs = first.length * second.length;
  const spread = quantile * Math.sqrt((pairs * (first.length + second.length + 1)) / 12);
  const rank = Math.floor(pairs / 2 - spread);
  if (rank < 0) return { low: -Infinity, high: Infinity };
  const differences = Float64Array.from(first.flatMap((a) => second.map((b) => a - b))).sort();
  return { low: differences[rank]!, high: differences[pairs - 1 - rank]! };
}
