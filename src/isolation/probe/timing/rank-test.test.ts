import { describe, expect, it } from "vitest";
import { median, rankTest, shift } from "./rank-test.js";
import { times } from "./times.test-support.js";

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
