import { randomInt } from "node:crypto";
import { textOf } from "../random.js";

const alphabet = "abcdefghijkmnpqrstuvwxyz23456789";

/**
 * Makes strings that exist nowhere else. They stand a change of case, and slugs and names take them. No seed
 * makes them again: what an earlier run left behind must not be taken for this one's.
 */
export class Canaries {
  /** Of this run. */
  readonly prefix = `cnry${text(5)}`;
  private readonly pattern = new RegExp(`${this.prefix}[a-z0-9]{7}`, "gi");

  make(): string {
    return this.prefix + text(7);
  }

  in(text: string): string[] {
    return (text.match(this.pattern) ?? []).map((found) => found.toLowerCase());
  }

  /** The same text with other canaries in it, which nobody has planted. */
  replaceIn(text: string): string {
    return text.replace(this.pattern, () => this.make());
  }
}

/** How long a canary is: what is shorter cannot carry one. */
export const canaryLength = 16;

function text(length: number): string {
  return textOf(() => randomInt(2 ** 32) / 2 ** 32, alphabet, length);
}
