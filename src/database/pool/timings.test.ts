import { describe, expect, it } from "vitest";
import { Timings } from "./timings.js";

describe("what statements took lately", () => {
  it("makes no statement quick that was never seen", () => {
    expect(new Timings(5).quick("select 1")).toBeNull();
  });

  it("makes one quick that took less than the bound, and no other", () => {
    const timings = new Timings(5);
    timings.record("quick", 4.9);
    timings.record("slow", 5);
    expect(timings.quick("quick")).toMatchObject({ average: 4.9 });
    expect(timings.quick("slow")).toBeNull();
  });

  it("counts one slow run at once, and forgets it over many quick ones", () => {
    const timings = new Timings(5);
    for (let i = 0; i < 100; i++) timings.record("x", 1);
    timings.record("x", 50);
    expect(timings.quick("x")).toBeNull();
    for (let i = 0; i < 5; i++) timings.record("x", 1);
    expect(timings.quick("x")).toBeNull();
    for (let i = 0; i < 100; i++) timings.record("x", 1);
    expect(timings.quick("x")?.average).toBeCloseTo(1, 0);
  });

  it("keeps a bounded number of texts", () => {
    const timings = new Timings(5);
    timings.record("the first", 1);
    for (let i = 0; i < 6000; i++) timings.record(`select ${i}`, 1);
    expect(timings.quick("the first")).toBeNull();
  });
});
