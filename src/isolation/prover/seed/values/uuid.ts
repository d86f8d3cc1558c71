import type { RowSeed } from "./seed-number.js";

/** A UUID of version 7's form, whose last digits are the row's. */
export function uuidOf({ offset, number }: RowSeed): string {
  const time = (0x018f_0000_0000 + offset).toString(16).padStart(12, "0").slice(-12);
  const run = offset.toString(16).padStart(8, "0").slice(-8);
  const tail = number.toString(16).padStart(8, "0");
  return `${time.slice(0, 8)}-${time.slice(8)}-7${run.slice(0, 3)}-8${run.slice(3, 6)}-${run.slice(4)}${tail}`;
}
