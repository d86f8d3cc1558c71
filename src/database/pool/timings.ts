import { LRUCache } from "lru-cache";

/** Milliseconds. */
export interface Expectation {
  readonly average: number;
  /** The slowest run, forgotten over many quicker ones. */
  readonly peak: number;
}

/**
 * What statements took lately, by text. Decides which may share a connection: a slow one would
 * hold up whatever was written behind it.
 */
export class Timings {
  readonly #expected = new LRUCache<string, Expectation>({ max: 5000 });

  /** @param quickMilliseconds a statement whose peak is less is quick */
  constructor(readonly quickMilliseconds: number) {}

  /** What to expect of a quick statement; null for a slow one and for one never seen. */
  quick(text: string): Expectation | null {
    const expected = this.#expected.get(text);
    return expected !== undefined && expected.peak < this.quickMilliseconds ? expected : null;
  }

  record(text: string, milliseconds: number): void {
    const known = this.#expected.get(text) ?? { average: milliseconds, peak: milliseconds };
    this.#expected.set(text, {
      average: known.average * 0.95 + milliseconds * 0.05,
      peak: Math.max(milliseconds, known.peak * 0.8),
    });
  }
}
