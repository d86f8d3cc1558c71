import { describe, expect, it } from "vitest";
import { seededRandom } from "../random.js";
import { judgeTiming } from "./judge-timing.js";
import { median, rankTest, shift } from "./rank-test.js";

/** Skewed, as response times are, with a stray one now and then. */
function times(seed: number, count: number, slower = 0): number[] {
  const random = seededRandom(seed);
  return Array.from(
    { length: count },
    () => slower + 1 - Math.log(1 - random()) / 4 + (random() < 0.02 ? 20 : 0),
  );
}

describe("the rank test", () => {
  it("calls samples of one distribution different no more often than its level says", () => {
    const runs = Array.from(
      { length: 4000 },
      (_, run) => rankTest(times(run * 2 + 1, 25), times(run * 2 + 2, 25)).p,
    );
    for (const level of [0.1, 0.05, 0.01]) {
      const share = runs.filter((p) => p < level).length / runs.length;
      // Three standard errors above the level.
      expect(share).toBeLessThan(level + 3 * Math.sqrt((level * (1 - level)) / runs.length));
    }
  });

  it("agrees with published values", () => {
    const { p, superiority } = rankTest(
      [1, 2, 3, 4, 5, 6, 7, 8, 9, 10],
      [6, 7, 8, 9, 10, 11, 12, 13, 14, 15],
    );
    expect(superiority).toBeCloseTo(0.125, 6);
    expect(p).toBeGreaterThan(0.004);
    expect(p).toBeLessThan(0.006);
  });

  it("says nothing of equal values or too few", () => {
    expect(rankTest(Array<number>(30).fill(1), Array<number>(30).fill(1)).p).toBe(1);
    expect(rankTest([1, 2], [3, 4]).p).toBe(1);
    expect(median([])).toBe(0);
    expect(shift([3, 4, 5], [1, 2, 3])).toBe(2);
  });
});

describe("the judgement of times", () => {
  const sample = (seed: number, slower = 0) => ({
    foreign: times(seed, 40, slower),
    missing: times(seed + 10_000, 40),
    control: times(seed + 20_000, 40),
  });

  it("finds what is slower by as much as one can use", () => {
    expect(judgeTiming(sample(1, 1)).kind).toBe("different");
  });

  it("raises no false alarm in a thousand services that have no difference", () => {
    const kinds = Array.from({ length: 1000 }, (_, seed) => judgeTiming(sample(seed)).kind);
    expect(kinds.filter((kind) => kind === "different")).toEqual([]);
  });

  it("takes back its word where ids that never existed differ as well, or samples are few", () => {
    const { foreign, missing } = sample(3, 1);
    expect(judgeTiming({ foreign, missing, control: times(9, 40, 3) }).kind).toBe("noisy");
    expect(judgeTiming({ foreign, missing, control: [1, 2] }).kind).toBe("too few");
  });
});
