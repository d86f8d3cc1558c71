import { describe, expect, it } from "vitest";
import { seededRandom } from "../../probe/random.js";
import { judgeLookUps, shiftBounds } from "./timing-verdict.js";

/** Skewed, as times are, with a stray one now and then. */
function times(seed: number, count: number, { slower = 0, noise = 0.05 } = {}): number[] {
  const random = seededRandom(seed);
  return Array.from(
    { length: count },
    () => 0.4 + slower - noise * Math.log(1 - random()) + (random() < 0.02 ? 20 * noise : 0),
  );
}

const sample = (seed: number, count: number, how: { slower?: number; noise?: number } = {}) => ({
  foreign: times(seed, count, how),
  missing: times(seed + 10_000, count, { ...how, slower: 0 }),
  control: times(seed + 20_000, count, { ...how, slower: 0 }),
});
const kinds = (count: number, how: { slower?: number; noise?: number }, runs = 20) =>
  Array.from({ length: runs }, (_, seed) => judgeLookUps(sample(seed, count, how)).kind);

describe("the verdict on times", () => {
  it("calls times equal where the machine is quiet enough to tell", () => {
    expect(new Set(kinds(60, {}))).toEqual(new Set(["equal"]));
  });

  it("says nothing where noise would hide a difference, and something with more samples", () => {
    expect(new Set(kinds(60, { noise: 1 }))).toEqual(new Set(["undecided"]));
    expect(kinds(300, { noise: 0.25 }, 3)).toContain("equal");
  });

  it("never calls a difference equal that somebody could use, however noisy the machine", () => {
    for (const noise of [0.02, 0.2, 0.5, 2]) {
      expect(kinds(60, { slower: 0.2, noise })).not.toContain("equal");
    }
    expect(new Set(kinds(60, { slower: 0.3, noise: 0.05 }))).toEqual(new Set(["different"]));
  });

  it("bounds the true difference, and not at all where samples are few", () => {
    const held = Array.from({ length: 150 }, (_, seed) => {
      const { foreign, missing } = sample(seed, 40, { slower: 0.1 });
      const { low, high } = shiftBounds(foreign, missing);
      return low <= 0.1 && 0.1 <= high;
    });
    expect(held.filter((each) => !each).length).toBeLessThanOrEqual(2);
    expect(shiftBounds([1, 2, 3], [1, 2, 3])).toEqual({ low: -Infinity, high: Infinity });
  });
});
