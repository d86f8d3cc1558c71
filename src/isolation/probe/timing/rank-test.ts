/** What the rank test says of two samples. */
export interface RankTest {
  /** Two-sided: how often samples of one and the same distribution would differ as much. */
  readonly p: number;
  /** How often a value of the first exceeds one of the second, ties counting half: 0.5 is no effect. */
  readonly superiority: number;
}

/**
 * Mann and Whitney's U test by its normal approximation, with corrections for ties and continuity.
 * Asks nothing of the shape of the distributions, which response times have none of. Samples of fewer
 * than 8 give p = 1.
 */
export function rankTest(first: readonly number[], second: readonly number[]): RankTest {
  const n = first.length;
  const m = second.length;
  if (n < 8 || m < 8) return { p: 1, superiority: 0.5 };
  const { ranksOfFirst, ties } = rank(first, second);
  const u = ranksOfFirst - (n * (n + 1)) / 2;
  const total = n + m;
  const variance = ((n * m) / 12) * (total + 1 - ties / (total * (total - 1)));
  const superiority = u / (n * m);
  if (variance <= 0) return { p: 1, superiority };
  const distance = Math.max(0, Math.abs(u - (n * m) / 2) - 0.5);
  return { p: 2 * upperTail(distance / Math.sqrt(variance)), superiority };
}

/** The sum of the first sample's ranks, and the sum of t³ − t over the groups of ties. */
function rank(first: readonly number[], second: readonly number[]) {
  const all = [
    ...first.map((value) => ({ value, isFirst: true })),
    ...second.map((value) => ({ value, isFirst: false })),
  ].sort((a, b) => a.value - b.value);
  let ranksOfFirst = 0;
  let ties = 0;
  for (let start = 0; start < all.length;) {
    let end = start;
    while (end < all.length && all[end]!.value === all[start]!.value) end += 1;
    const size = end - start;
    const meanRank = (start + 1 + end) / 2;
    for (let index = start; index < end; index += 1) {
      if (all[index]!.isFirst) ranksOfFirst += meanRank;
    }
    ties += size ** 3 - size;
    start = end;
  }
  return { ranksOfFirst, ties };
}

/** Of the standard normal distribution; Abramowitz and Stegun 26.2.17, an error below 1e-7. */
function upperTail(z: number): number {
  const t = 1 / (1 + 0.2316419 * z);
  const series =
    t *
    (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  return Math.min(0.5, (Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)) * series);
}

/** Hodges and Lehmann's estimate of how much greater the first is: the median of all differences. */
export function shift(first: readonly number[], second: readonly number[]): number {
  return median(differences(first, second));
}

const mostPairedWith = 200;

/** Between all pairs; of many values an even choice stands for them. */
export function differences(first: readonly number[], second: readonly number[]): number[] {
  const others = thinned(second);
  return thinned(first).flatMap((a) => others.map((b) => a - b));
}

function thinned(values: readonly number[]): readonly number[] {
  if (values.length <= mostPairedWith) return values;
  const sorted = sortedOf(values);
  const step = values.length / mostPairedWith;
  return Array.from(
    { length: mostPairedWith },
    (_, index) => sorted[Math.floor((index + 0.5) * step)]!,
  );
}

/** The value that a share of them does not exceed; Infinity of nothing. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = sortedOf(values);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Infinity;
}

/** @returns 0 of nothing */
export function median(values: readonly number[]): number {
  const sorted = sortedOf(values);
  const middle = Math.floor(sorted.length / 2);
  if (sorted.length % 2 === 1) return sorted[middle]!;
  return ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2;
}

/** By number, and many times faster than an array with a comparison. */
function sortedOf(values: readonly number[]): Float64Array {
  return Float64Array.from(values).sort();
}
