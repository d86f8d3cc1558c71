import { LRUCache } from "lru-cache";

/**
 * What statements took lately, by text. Decides which may share a connection: a slow one would
 * hold up whatever was written behind it.
 */
export class Timings {
  readonly #expected = new LRUCache<string, number>({ max: 5000 });

  /** @param quickMilliseconds a statement expected to take less is quick */
  constructor(readonly quickMilliseconds: number) {}

  /** False for a statement never seen. */
  isQuick(text: string): boolean {
    const expected = this.#expected.get(text);
    return expected !== undefined && expected < this.quickMilliseconds;
  }

  /** One slow run counts at once, and is forgotten over many quick ones. */
  record(text: string, milliseconds: number): void {
    const expected = this.#expected.get(text) ?? 0;
    this.#expected.set(text, Math.max(milliseconds, expected * 0.95));
  }
}
