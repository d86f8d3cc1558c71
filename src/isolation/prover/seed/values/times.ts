import type { RowSeed } from "./seed-number.js";

const day = 86_400_000;
const base = Date.UTC(2024, 0, 1);

/** Dates and moments: the first differs from row to row, the others lie before, after and far off. */
export function moments(type: string, { number, offset }: RowSeed): string[] {
  const own = base + (number % 20_000) * day;
  // Small primes of seconds keep apart what days do not.
  const apart = type === "date" ? 0 : (offset % 86_000) * 1000;
  const others = [
    Date.UTC(2024, 0, 1),
    own + apart + 3_600_000,
    own + 30 * day,
    Date.UTC(2001, 0, 1),
    Date.now() - day,
    Date.now() + 400 * day,
    Date.UTC(2090, 0, 1),
  ];
  return [own + apart, ...others].map((time) => momentText(type, time));
}

export function momentText(type: string, time: number): string {
  const text = new Date(time).toISOString();
  if (type === "date") return text.slice(0, 10);
  const bare = text.slice(0, 19).replace("T", " ");
  return type === "timestamptz" ? `${bare}+00` : bare;
}

/** Times of the day. */
export function clockTimes(type: string, { number, offset }: RowSeed): string[] {
  const seconds = (offset + number) % 86_400;
  const own = new Date(seconds * 1000).toISOString().slice(11, 19);
  const zone = type === "timetz" ? "+00" : "";
  return [own, "09:00:00", "17:00:00", "00:00:00", "23:59:59"].map((text) => text + zone);
}

export function intervals({ number }: RowSeed): string[] {
  return [`${number} minutes`, "1 day", "1 hour", "30 days", "0", "1 year", "1 second"];
}
