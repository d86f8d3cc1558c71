/** What makes the values of one row differ from those of all others. */
export interface RowSeed {
  /** From 1 up, another for every row that must differ. */
  readonly number: number;
  /** Added to numbers that are ids, so that they meet none that the database has. */
  readonly offset: number;
  /** A text that stands nowhere else. */
  readonly word: string;
  /** Letters and digits, the same for the whole run. */
  readonly run: string;
}

/** At most `length` letters and digits, that differ from number to number as far as they can. */
export function shortWord(seed: RowSeed, length: number): string {
  const distinct = seed.number.toString(36);
  const padded = (seed.run + distinct.padStart(Math.min(4, length), "a")).slice(-length);
  return padded.length === 0 ? "" : padded;
}
