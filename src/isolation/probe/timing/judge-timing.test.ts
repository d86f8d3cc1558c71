import { describe, expect, it } from "vitest";
import { judgeTiming } from "./judge-timing.js";
import { times } from "./times.test-support.js";

describe("the judgement of times", () => {
  const sample = (seed: number, slower = 0, noise = 0.25, count = 40) => ({
    foreign: times(seed, count, { slower, noise }),
    missing: times(seed + 10_000, count, { noise }),
    control: times(seed + 20_000, count, { noise }),
  });
  const seeds = (count: number) => Array.from({ length: count }, (_, seed) => seed);

  it("finds what is slower by as much as one can use", () => {
    expect(judgeTiming(sample(1, 1)).kind).toBe("different");
  });

  it("raises no false alarm in two hundred services that have no difference", () => {
    const kinds = seeds(200).map((seed) => judgeTiming(sample(seed)).kind);
    expect(kinds.filter((kind) => kind === "different")).toEqual([]);
    expect(kinds.filter((kind) => kind === "same").length).toBeGreaterThan(196);
  });

  it("takes back its word where ids that never existed differ as well, or samples are few", () => {
    const { foreign, missing } = sample(3, 1);
    const slow = times(9, 40, { slower: 3 });
    expect(judgeTiming({ foreign, missing, control: slow }).kind).toBe("noisy");
    expect(judgeTiming({ foreign, missing, control: [1, 2] }).kind).toBe("too few");
  });

  it("never calls times the same that 3 ms tell apart, however loaded the machine", () => {
    const kinds = [0.5, 2, 8, 32].flatMap((noise) =>
      seeds(40).map((seed) => judgeTiming(sample(seed, 3, noise)).kind),
    );
    expect(kinds).not.toContain("same");
    expect(kinds).toContain("weak");
    expect(kinds).toContain("different");
  });

  it("says what difference would have shown, and finds that one nine times in ten", () => {
    const told = seeds(40).map((seed) => judgeTiming(sample(seed)).detectable);
    const detectable = told.reduce((sum, each) => sum + each, 0) / told.length;
    expect(judgeTiming(sample(1)).words).toMatch(/below 0\.\d\d ms would not have shown/);
    const kinds = seeds(100).map((seed) => judgeTiming(sample(seed, detectable)).kind);
    expect(kinds.filter((kind) => kind === "different").length).toBeGreaterThan(80);
  });

  it("proves more with more samples", () => {
    const detectable = (count: number) => judgeTiming(sample(1, 0, 4, count)).detectable;
    expect(detectable(400)).toBeLessThan(detectable(40) / 2);
    expect(judgeTiming(sample(1, 0, 4, 40)).kind).toBe("weak");
    expect(judgeTiming(sample(1, 0, 4, 1000)).kind).toBe("same");
  });
});
