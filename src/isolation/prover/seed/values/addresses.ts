import type { RowSeed } from "./seed-number.js";

const bytes = (count: number, { number, offset }: RowSeed) => {
  const wide = BigInt(offset) * 65_536n + BigInt(number);
  return Array.from({ length: count }, (_, index) => Number((wide >> BigInt(8 * index)) & 255n));
};

/** Of documentation's and private ranges. */
export function addresses(type: string, seed: RowSeed): string[] {
  const [low, middle, high, top] = bytes(4, seed) as [number, number, number, number];
  switch (type) {
    case "macaddr":
      return [`02:00:${[top, high, middle, low].map(hex).join(":")}`];
    case "macaddr8":
      return [`02:00:00:ff:${[top, high, middle, low].map(hex).join(":")}`];
    case "cidr":
      return [
        `10.${high}.${middle}.${low}/32`,
        `2001:db8::${hex(middle)}${hex(low)}/128`,
        "10.0.0.0/8",
      ];
    default:
      return [
        `10.${high}.${middle}.${low}`,
        `2001:db8::${hex(middle)}${hex(low)}`,
        "192.0.2.1",
        "10.0.0.0/8",
      ];
  }
}

export const hex = (byte: number) => byte.toString(16).padStart(2, "0");

/** As `\x…`. */
export function bytea({ word, run, number }: RowSeed): string[] {
  const short = Buffer.from(`${run}${number}`).toString("hex");
  const fixed = [16, 20, 32, 64, 12, 24].map((length) =>
    short.padStart(2 * length, "0").slice(-2 * length),
  );
  return [Buffer.from(word).toString("hex"), ...fixed, "01", ""].map((digits) => `\\x${digits}`);
}

export function bits(
  type: string,
  length: number | undefined,
  { number, offset }: RowSeed,
): string[] {
  const width = length ?? (type === "bit" ? 1 : 32);
  const own = (BigInt(offset) * 65_536n + BigInt(number))
    .toString(2)
    .padStart(width, "0")
    .slice(-width);
  return [own, "0".repeat(width), "1".repeat(width)];
}
