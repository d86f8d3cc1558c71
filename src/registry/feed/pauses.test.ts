import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { createPauses, UndeliveredError } from "./pauses.js";

const refused = new Error("connect ECONNREFUSED");
const undelivered = new UndeliveredError("the ping's way back took longer than 2000 ms");

beforeEach(() => void vi.spyOn(Math, "random").mockReturnValue(1));
afterEach(() => void vi.restoreAllMocks());

function after(failure: Error, times: number, pauses = createPauses()): number {
  let last = 0;
  for (let i = 0; i < times; i += 1) last = pauses.after(failure);
  return last;
}

it("doubles up to 5 s where there is no connection", () => {
  expect([1, 2, 3, 6, 7, 1_000].map((times) => after(refused, times))).toEqual([
    100, 200, 400, 3_200, 5_000, 5_000,
  ]);
});

it("doubles up to a minute where there is one and nothing arrives on it", () => {
  expect([1, 2, 7, 10, 11, 1_000].map((times) => after(undelivered, times))).toEqual([
    100, 200, 6_400, 51_200, 60_000, 60_000,
  ]);
});

it("does not take an hour without a server for the other failure", () => {
  const pauses = createPauses();
  after(refused, 1_000, pauses);
  expect(pauses.after(undelivered)).toBe(100);
});

it("begins anew once it was up, and once the connection fails in the other way", () => {
  const pauses = createPauses();
  after(refused, 10, pauses);
  after(undelivered, 10, pauses);
  pauses.reset();
  expect([pauses.after(undelivered), pauses.after(refused)]).toEqual([100, 100]);
  after(undelivered, 10, pauses);
  pauses.after(refused);
  expect(pauses.after(undelivered)).toBe(100);
});

it("leaves half of a pause to chance", () => {
  vi.mocked(Math.random).mockReturnValue(0);
  expect(after(undelivered, 20)).toBe(30_000);
});
