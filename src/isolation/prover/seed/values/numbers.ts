import type { RowSeed } from "./seed-number.js";

const plain = ["1", "0", "2", "10", "100", "5", "3", "50", "1000", "-1"];

const largest: Readonly<Record<string, number>> = { int2: 32_767, int4: 2_147_483_647 };

/** Whole numbers; as an id, or wherever they must not meet others, the offset is added. */
export function integers(type: string, seed: RowSeed, distinct: boolean): string[] {
  const limit = largest[type] ?? Number.MAX_SAFE_INTEGER;
  const wide = seed.offset + seed.number;
  const id = wide <= limit ? wide : 20_000 + ((seed.offset + seed.number) % 12_000);
  const small = String(seed.number);
  return [...new Set(distinct ? [String(id), small, ...plain] : [small, ...plain, String(id)])];
}

/** @param modifiers precision and scale of a numeric */
export function decimals(modifiers: readonly number[], seed: RowSeed, distinct: boolean): string[] {
  const [precision, scale = 0] = modifiers;
  const wholes = integers("int8", seed, distinct);
  const all = [...wholes, "0.5", "0.25", "0.01", "99.99"];
  if (precision === undefined) return all;
  const limit = 10 ** (precision - scale);
  const step = 10 ** -scale;
  const wrapped = ((seed.offset + seed.number) % Math.max(1, Math.min(limit, 1e12) - 1)) + 0;
  const tail = (((seed.number % 9) + 1) * step).toFixed(Math.max(0, scale));
  return [...new Set([...all, String(wrapped), tail])].filter(
    (text) => Math.abs(Number(text)) + step / 2 < limit,
  );
}
