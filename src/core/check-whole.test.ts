import { expect, it } from "vitest";
import { checkWhole } from "./check-whole.js";

it.each([1, 7, 10])("gives back %s, which is within 1 to 10", (value) => {
  expect(checkWhole("`max`", value, 1, 10)).toBe(value);
});

it.each([
  [0, "0"],
  [11, "11"],
  [1.5, "1.5"],
  [NaN, "NaN"],
  [Infinity, "Infinity"],
  ["10", '"10"'],
  [null, "null"],
  [undefined, "undefined"],
  [5n, "5"],
])("refuses %o, and says what it is and what would do", (value, shown) => {
  expect(() => checkWhole("`max`", value, 1, 10)).toThrow(
    expect.objectContaining({
      code: "CONFIG_INVALID",
      message: expect.stringContaining(`\`max\` is ${shown}.`) as string,
      fix: "Pass a whole number from 1 to 10.",
    }) as Error,
  );
});
