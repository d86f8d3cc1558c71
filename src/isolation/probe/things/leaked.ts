import type { Marker } from "./markers.js";

/** What was seen where it must not be: one planted record shows up in every list after it. */
export class Leaked {
  private readonly seen = new Set<string>();

  /** @returns whether any of them is new to the tenant that was shown it */
  addAll(shownTo: string, markers: readonly Marker[]): boolean {
    const before = this.seen.size;
    for (const { text } of markers) this.seen.add(`${shownTo}\n${text}`);
    return this.seen.size > before;
  }
}
